/* 搜索框：边输边提示，可以输汉字、拼音或首字母。没有脚本就是普通的搜索框。 */
(function () {
  "use strict";
  document.querySelectorAll("input[data-suggest]").forEach(function (input, number) {
    var list = document.createElement("ul"), said = document.createElement("span");
    var timer = 0, asked = "", typed = "", at = -1;
    list.id = "suggest-" + number; list.className = "suggest"; list.hidden = true;
    list.setAttribute("role", "listbox"); list.setAttribute("aria-label", "搜索建议");
    said.className = "sr"; said.setAttribute("role", "status");
    input.parentNode.classList.add("has-suggest");
    input.parentNode.append(list, said);
    input.setAttribute("role", "combobox"); input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id); input.setAttribute("aria-expanded", "false");

    // 选了词，或者关了列表以后，迟到的回答不能再动它。
    function settle() { clearTimeout(timer); asked = ""; }
    function close() {
      settle(); list.hidden = true; at = -1; said.textContent = "";
      input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant");
    }
    function mark(to) {
      var items = list.children;
      settle();
      if (at >= 0) items[at].setAttribute("aria-selected", "false");
      at = to;
      if (at < 0) { input.removeAttribute("aria-activedescendant"); input.value = typed; return; }
      items[at].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", items[at].id);
      input.value = items[at].textContent;
    }
    function show(words) {
      at = -1;
      list.replaceChildren.apply(list, words.map(function (word, n) {
        var item = document.createElement("li");
        item.id = list.id + "-" + n; item.textContent = word;
        item.setAttribute("role", "option"); item.setAttribute("aria-selected", "false");
        return item;
      }));
      list.hidden = !words.length;
      input.setAttribute("aria-expanded", String(!!words.length));
      input.removeAttribute("aria-activedescendant");
      said.textContent = words.length ? words.length + " 个建议，用上下键选" : "没有建议";
    }
    function ask() {
      var text = input.value.trim();
      if (!text) { close(); return; }
      asked = text; typed = input.value;
      fetch(input.dataset.suggest + "?q=" + encodeURIComponent(text), { credentials: "omit" })
        .then(function (answer) { return answer.ok ? answer.json() : { words: [] }; })
        .then(function (found) { if (asked === text && document.activeElement === input) show(found.words); })
        .catch(close);
    }
    input.addEventListener("input", function (event) {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(ask, 150);
    });
    input.addEventListener("compositionend", function () { clearTimeout(timer); timer = setTimeout(ask, 150); });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      if (list.hidden) {
        if (event.key === "ArrowDown" && input.value.trim()) { event.preventDefault(); ask(); }
        else if (event.key === "Enter") settle();
        return;
      }
      var last = list.children.length - 1;
      if (event.key === "ArrowDown") { event.preventDefault(); mark(at < last ? at + 1 : -1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? last : at - 1); }
      else if (event.key === "Escape") { event.preventDefault(); input.value = typed; close(); }
      else if (event.key === "Enter" || event.key === "Tab") close();
    });
    list.addEventListener("mousedown", function (event) {
      var item = event.target.closest("[role=option]");
      if (!item || event.button) return;
      event.preventDefault(); input.value = item.textContent; close(); input.form.requestSubmit();
    });
    input.addEventListener("blur", close);
  });
})();
