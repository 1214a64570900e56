// What pages do beyond plain HTML. Every page works without it for reading, and every form posts plainly.
"use strict";

// Times are written by the server; it learns the zone of a reader who has not chosen one.
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.split("; ").some((one) => one === `zone=${encodeURIComponent(zone)}`)) {
    document.cookie = `zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; SameSite=Lax`;
  }
})();
