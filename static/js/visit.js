/* 实地走访：本人同意以后，一点就用手机的定位填好经纬度。没有脚本、不给定位，也能自己填或者不填。 */
(function () {
  "use strict";
  var button = document.querySelector("[data-visit-place]"), said = document.querySelector("[data-visit-said]");
  if (!button || !said || !navigator.geolocation) return;
  var agreed = document.getElementById("id_consented");
  button.hidden = false;
  button.addEventListener("click", function () {
    if (!agreed.checked) {
      said.textContent = "先问本人同意不同意，同意了勾上再定位。";
      agreed.focus();
      return;
    }
    said.textContent = "正在定位……";
    navigator.geolocation.getCurrentPosition(function (found) {
      document.getElementById("id_lat").value = found.coords.latitude.toFixed(6);
      document.getElementById("id_lng").value = found.coords.longitude.toFixed(6);
      said.textContent = "填好了，误差大约 " + Math.max(1, Math.round(found.coords.accuracy)) + " 米。";
    }, function (failed) {
      said.textContent = failed.code === 1
        ? "手机没有允许定位。请在浏览器里允许，或者自己填；不填也行。"
        : "这里定不了位。请到开阔处再试，或者自己填；不填也行。";
    }, { enableHighAccuracy: true, timeout: 15000 });
  });
})();
