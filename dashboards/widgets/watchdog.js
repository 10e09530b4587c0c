// Brings the page back after the server was away. Solara itself waits for ever on a server that was started again.

const meta = document.querySelector('meta[name="regime-abm"]');
const PATIENCE = 8; // seconds that Solara's own reconnection gets before the page is loaded again
let lostAt = 0;

async function serverNow() {
  try {
    const answer = await fetch("/alive", { cache: "no-store" });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

function tell(lost) {
  document.documentElement.classList.toggle("server-away", Boolean(lost));
  const line = document.getElementById("away");
  if (!lost) line?.remove();
  else if (!line) {
    const said = Object.assign(document.createElement("p"), { id: "away", textContent: meta.dataset.away });
    said.setAttribute("role", "alert");
    document.body.append(said);
  }
}

setInterval(async () => {
  const shell = window.app?.$data;
  if (!shell?.wasConnected) return;
  const lost = shell.connectionStatus !== "connected" || shell.needsRefresh;
  tell(lost);
  if (!lost) {
    lostAt = 0;
    return;
  }
  lostAt ||= Date.now();
  const now = await serverNow();
  if (now && (now !== meta.content || shell.needsRefresh || Date.now() - lostAt > PATIENCE * 1000)) location.reload();
}, 1000);
