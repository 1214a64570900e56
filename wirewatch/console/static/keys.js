// Keys: each presses, or goes to, the control that names it in `data-key`, so a mouse can do all that a key can. A key means the
// row that has the focus before it means the page. Off while somebody types, and where the switch in the help has turned them off.
"use strict";

(() => {
  const OFF = "wirewatch-keys-off";
  // Rows of an inbox say that they are some; of any other list each row of a table with a link is one.
  const ROW = document.querySelector("[data-row]") ? "[data-row]" : "main tbody tr:has(a[href])";
  const rows = () => [...document.querySelectorAll(ROW)];
  const current = () => document.activeElement && document.activeElement.closest(ROW);
  const opens = (row) => row.querySelector("[data-open]") || row.querySelector("a[href]");
  const types = (element) => Boolean(element) && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName)
    || (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type)));
  const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };

  const move = (step) => {
    const all = rows();
    const at = all.indexOf(current());
    const to = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
    const link = to && opens(to);
    if (link) { link.focus(); to.scrollIntoView({ block: "nearest" }); }
    return Boolean(link);
  };

  const controls = (place, key) => [...place.querySelectorAll("[data-key]")].filter((one) => one.dataset.key === key);
  const use = (control, row) => {
    const folded = control.closest("details:not([open])");
    if (folded && !control.matches("summary")) folded.open = true;
    if (types(control)) {
      const box = row && row.querySelector('input[name="alert"]');
      if (box && !document.querySelector('[data-row] input[name="alert"]:checked')) { box.click(); }
      control.focus();
      if (control.select) control.select();
    } else {
      control.click();
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Enter" && event.target.dataset && event.target.dataset.enter) {
      event.preventDefault();
      document.getElementById(event.target.dataset.enter).click();
      return;
    }
    if (event.key === "Escape") {
      const help = document.getElementById("keys");
      if (help && help.open) { help.open = false; help.querySelector("summary").focus(); }
      else if (types(event.target)) event.target.blur();
      return;
    }
    if (off() || types(event.target) || event.key.length !== 1) return;
    if (event.key === "j" || event.key === "k") {
      if (move(event.key === "j" ? 1 : -1)) event.preventDefault();
      return;
    }
    const row = current();
    const selected = document.querySelector('[data-row] input[name="alert"]:checked');
    const ofPage = controls(document, event.key).filter((one) => !one.closest("[data-row]"))
      .sort((one, other) => Number(types(other)) - Number(types(one)));
    const ofRow = row ? controls(row, event.key) : [];
    const control = (selected && ofPage.length && event.key !== "o" && event.key !== "x" ? ofPage : [...ofRow, ...ofPage])[0];
    if (control) { event.preventDefault(); use(control, row); }
    else if (event.key === "o" && row) { event.preventDefault(); opens(row).click(); }
  });

  // The switch stands in the help; it is only there with script.
  const button = document.getElementById("keys-switch");
  if (button) {
    const show = () => { button.textContent = off() ? button.dataset.on : button.dataset.off; };
    button.hidden = false;
    button.addEventListener("click", () => {
      try { if (off()) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* nothing is kept here */ }
      show();
    });
    show();
  }
})();
