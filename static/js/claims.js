/* 补贴审核队列：上下移动、看详情。没有脚本时姓名是普通链接，点开就是整页。 */
(function () {
  "use strict";
  var list = document.getElementById("rows"), panel = document.getElementById("panel");
  if (!list || !panel) return;
  var rows = function () { return Array.prototype.slice.call(list.querySelectorAll("[data-row]")); };
  var current = function () { return list.querySelector(".is-current") || rows()[0]; };

  function setCurrent(row, open) {
    if (!row) return;
    rows().forEach(function (r) {
      r.classList.toggle("is-current", r === row);
      if (r === row) r.setAttribute("aria-current", "true"); else r.removeAttribute("aria-current");
    });
    row.scrollIntoView({ block: "nearest" });
    if (open) { var link = row.querySelector("a.name"); link.focus({ preventScroll: true }); link.click(); }
  }
  list.addEventListener("click", function (e) {
    var link = e.target.closest("a.name");
    if (link) setCurrent(link.closest("[data-row]"), false);
  });
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    var all = rows(), at = all.indexOf(current());
    if (e.key === "j") { e.preventDefault(); setCurrent(all[at + 1], true); }
    else if (e.key === "k") { e.preventDefault(); setCurrent(all[at - 1], true); }
    else if (e.key === "/") { e.preventDefault(); document.getElementById("gs").focus(); }
    else if (e.key === "Escape" && panel.contains(e.target) && current()) current().querySelector("a.name").focus();
  });
})();
