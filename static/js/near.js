/* 服务站：浏览器肯给位置时，多一个“按我现在的位置找”。没有脚本也能按地名找。 */
(function () {
  "use strict";
  var form = document.querySelector("form[data-here]");
  if (!form || !navigator.geolocation) return;
  form.hidden = false;
  form.addEventListener("submit", function (e) {
    if (form.elements.lng.value) return;
    e.preventDefault();
    navigator.geolocation.getCurrentPosition(function (p) {
      form.elements.lng.value = p.coords.longitude.toFixed(4);
      form.elements.lat.value = p.coords.latitude.toFixed(4);
      form.submit();
    }, function () { document.getElementById("id_place").focus(); });
  });
})();
