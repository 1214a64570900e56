// The inbox as alerts come: the state of a row that is there is brought up to date in its place; nothing is put above what is read.
"use strict";

(() => {
  const place = document.querySelector("[data-live]");
  if (place) {
    place.addEventListener("htmx:sseOpen", (event) => {
      const source = event.detail.source;
      const changed = (message) => {
        let about;
        try { about = JSON.parse(message.data).alert.alert.alert_id; } catch { return; }
        const status = document.getElementById(`status-${about}`);
        if (status) htmx.trigger(status, "changed");
        const badge = document.getElementById("badge");
        if (badge) htmx.trigger(badge, "changed");
      };
      for (const kind of ["alert.created", "alert.updated", "alert.state", "alert.delivery"]) {
        if (!source.heard) source.addEventListener(kind, changed);
      }
      source.heard = true;
    });
  }

  const form = document.querySelector("form.inbox");
  if (form) {
    const tools = form.querySelector("details.tools");
    const count = document.getElementById("selected");
    form.addEventListener("change", (event) => {
      if (event.target.name !== "alert" || !tools) return;
      const number = form.querySelectorAll('input[name="alert"]:checked').length;
      count.textContent = number ? ` (${number})` : "";
      if (number) tools.open = true;
    });
    document.body.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== form || !event.detail.successful) return;
      for (const box of form.querySelectorAll('input[name="alert"]:checked')) box.checked = false;
      for (const field of form.querySelectorAll("#reason, #comment")) field.value = "";
      if (count) count.textContent = "";
      if (tools) tools.open = false;
    });
  }
})();
