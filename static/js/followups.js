/* The contact panel: numbers beside the results, questions folded away that do not apply. Without it everything is open. */
(function () {
  "use strict";
  var panel = document.getElementById("panel");
  if (!panel) return;
  var all = function (selector, root) { return Array.prototype.slice.call((root || panel).querySelectorAll(selector)); };

  function number() {
    all("[data-digits] .seg label span").forEach(function (block, index) {
      if (block.querySelector("kbd")) return;
      var key = document.createElement("kbd");
      key.textContent = String(index + 1);
      key.setAttribute("aria-hidden", "true");
      block.appendChild(key);
    });
  }
  function fold() {
    var part = panel.querySelector("[data-reached]"), outcome = panel.querySelector("input[name=outcome]:checked");
    if (part) part.hidden = Boolean(outcome) && outcome.value !== "self" && outcome.value !== "family";
    all(".wish").forEach(function (wish) {
      var answer = wish.querySelector("input[type=radio]:checked");
      all("[data-when]", wish).forEach(function (more) { more.hidden = !answer || answer.value !== more.dataset.when; });
    });
  }
  panel.addEventListener("change", fold);
  document.addEventListener("click", function (event) {
    var quick = event.target.closest("[data-quick]"), memo = panel.querySelector("[data-memo]");
    if (quick && memo) memo.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target !== panel) return;
    panel.parentElement.classList.add("is-open");
    if (window.matchMedia("(max-width: 70em)").matches) window.scrollTo(0, 0);
    number();
    fold();
  });
  number();
  fold();
})();
