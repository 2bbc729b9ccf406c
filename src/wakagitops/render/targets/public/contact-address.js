// Puts the contact address together where a page holds it in two encoded parts. Until this has run,
// and wherever it cannot run, the page shows the address in words.
(() => {
  "use strict";

  const decode = (part) => {
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0)));
  };

  const show = () => {
    for (const place of document.querySelectorAll("[data-wk-user][data-wk-domain]")) {
      const user = decode(place.dataset.wkUser);
      const domain = decode(place.dataset.wkDomain);
      const link = document.createElement("a");
      // Split, so that the name of the scheme does not stand in this file for harvesters to find.
      link.href = ["mail", "to:"].join("") + encodeURIComponent(user) + "@" + encodeURIComponent(domain);
      link.textContent = user + "@" + domain;
      link.translate = false;
      place.replaceChildren(link);
    }
  };

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", show);
  } else {
    show();
  }
})();
