/* A passkey that could not be made or read: the page says so and how to go on; allauth's script only logs it. */
(function () {
  "use strict";
  var box = document.querySelector("[data-key-failed]");
  if (!box) return;
  document.addEventListener("allauth.error", function (event) {
    var error = event.detail.exception, known = Boolean(error) && error.name === "InvalidStateError";
    event.preventDefault();
    box.querySelector("[data-key-known]").hidden = !known;
    box.querySelector("[data-key-unread]").hidden = known;
    box.hidden = false;
    box.focus();
  });
})();
