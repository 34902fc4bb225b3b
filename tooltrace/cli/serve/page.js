"use strict";
// The token lets a browser in once; from then on a cookie does, and the address is one to show.
const given = new URL(location.href);
given.searchParams.delete("token");
history.replaceState(null, "", given);

document.addEventListener("DOMContentLoaded", () => {
  const terminal = document.getElementById("terminal");
  // By whatever name and port this machine was asked, also through a tunnel.
  const socket = new URL("ws", location.href);
  socket.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  socket.search = socket.hash = "";
  terminal.dataset.sessionWebsocketUrl = socket.href;
  const size = Number.parseInt(given.searchParams.get("fontsize") ?? "", 10);
  if (size >= 6 && size <= 96) terminal.dataset.fontSize = String(size);
  // Who opens the page may type at once, as soon as somebody listens.
  new MutationObserver((_, observer) => {
    if (!document.body.classList.contains("-loaded")) return;
    observer.disconnect();
    terminal.querySelector("textarea")?.focus();
  }).observe(document.body, { attributeFilter: ["class"] });
  document.getElementById("again").addEventListener("click", () => location.reload());
});
