/* 岗位列表：浏览器肯给位置时，多一个“按我现在的位置找”。位置只留三位小数，约一百米。 */
(function () {
  "use strict";
  var form = document.querySelector("form[data-at]");
  if (!form || !navigator.geolocation) return;
  form.hidden = false;
  form.addEventListener("submit", function (event) {
    if (form.elements.at.value) return;
    event.preventDefault();
    navigator.geolocation.getCurrentPosition(function (place) {
      form.elements.at.value = place.coords.latitude.toFixed(3) + "," + place.coords.longitude.toFixed(3);
      form.submit();
    }, function () {
      form.querySelector("[data-at-said]").textContent = "没有拿到位置。请在浏览器里允许使用位置，或者在上面选区县。";
    });
  });
})();
