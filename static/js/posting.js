/* 写岗位：人在上班的地方时，一点就填好位置。没有脚本也能自己填。 */
(function () {
  "use strict";
  var button = document.querySelector("[data-locate]");
  if (!button || !navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    navigator.geolocation.getCurrentPosition(function (found) {
      document.getElementById("id_lng").value = found.coords.longitude.toFixed(6);
      document.getElementById("id_lat").value = found.coords.latitude.toFixed(6);
    }, function () { document.getElementById("id_address").focus(); });
  });
})();
