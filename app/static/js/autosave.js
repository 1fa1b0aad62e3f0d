// Saves a draft a moment after typing stops and before the page is left. Without it, Continue saves.
const WAIT = 2000;

function begin(form) {
  const status = form.querySelector("[data-autosave-status]");
  let timer = null;
  let sent = serialise(form);

  const say = (text) => { if (status) status.textContent = text; };

  async function save(leaving) {
    const body = serialise(form);
    if (body === sent) return;
    try {
      const answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST", body: new URLSearchParams(body), keepalive: leaving && body.length < 60000, redirect: "error",
        headers: { "X-Requested-With": "autosave" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      sent = body;
      if (told.version !== undefined) {
        const field = form.querySelector("input[name=version]");
        if (field) { field.value = told.version; sent = serialise(form); }
      }
      say("Saved at " + told.saved_at);
    } catch (error) {
      say("Not saved yet. What you typed is still on this page; it is tried again as you type, and by Continue.");
    }
  }

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => save(false), WAIT); });
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(() => save(false), WAIT); });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
}

function serialise(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) begin(form);
