// Saves a draft a moment after typing stops and before the page is left. Without it, Continue saves.
const WAIT = 2000;
const AGAIN = [5000, 15000, 60000];
const MOST_WHEN_LEAVING = 60000; // browsers refuse larger requests that outlive their page

// Said where nothing more can be kept from this page; what was typed can only be copied.
const CLOSED = "Not saved: this page is no longer open to you. Copy what you typed before you leave.";

const serialise = (form) => new URLSearchParams(new FormData(form)).toString();

// What the server said is wrong, or what its status means here.
async function reason(answer) {
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) {
    const told = await answer.json();
    if (told.message) return told.message;
  }
  if (answer.status === 413) return "this page holds more than can be sent at once.";
  if (answer.status === 429) return "too much was sent at once.";
  if (answer.status >= 500) return "Waymark cannot be reached.";
  // Nobody signed in (401), a redirect to where one signs in, or a form of an earlier session (400).
  return "you may have been signed out. Sign in again in another tab before you continue here.";
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    this.saved = serialise(form);
    this.failures = 0;
    this.timer = null;
    this.running = null;
    this.leaving = false;
  }

  start() {
    const later = () => this.later(WAIT);
    this.form.addEventListener("input", later);
    this.form.addEventListener("change", later);
    this.form.addEventListener("submit", () => this.stop());
    addEventListener("pageshow", () => { this.leaving = false; });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.save(true);
    });
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(false), wait);
  }

  // The form itself is being sent: nothing older may arrive after it.
  stop() {
    this.leaving = true;
    clearTimeout(this.timer);
    this.running?.abort();
  }

  async save(hidden) {
    const body = serialise(this.form);
    if (this.leaving || body === this.saved) return;
    // One at a time, so that an older text cannot overtake a newer one.
    if (this.running) {
      this.later(WAIT);
      return;
    }
    this.running = new AbortController();
    try {
      const answer = await fetch(this.form.dataset.autosaveUrl, {
        method: "POST", body: new URLSearchParams(body), signal: this.running.signal, redirect: "manual",
        keepalive: hidden && body.length < MOST_WHEN_LEAVING, headers: { "X-Requested-With": "autosave" },
      });
      if (answer.ok) this.done(body, await answer.json());
      else if (answer.status === 404) this.say(CLOSED);
      else this.failed(await reason(answer), answer.status >= 500 || answer.status === 429);
    } catch (error) {
      if (error.name !== "AbortError") this.failed("Waymark cannot be reached.", true);
    } finally {
      this.running = null;
    }
  }

  done(body, told) {
    const field = this.form.elements.namedItem("version");
    const same = serialise(this.form) === body;
    if (told.version !== undefined && field) field.value = told.version;
    this.saved = same ? serialise(this.form) : body;
    this.failures = 0;
    this.say("Saved at " + told.saved_at);
  }

  failed(why, again) {
    const wait = AGAIN[Math.min(this.failures, AGAIN.length - 1)];
    this.failures += 1;
    this.say("Not saved: " + why + " What you typed is still on this page" + (again ? "; Waymark will try again." : "."));
    if (again) this.later(wait);
  }

  say(text) {
    if (this.status && this.status.textContent !== text) this.status.textContent = text;
  }
}

for (const form of document.querySelectorAll("form[data-autosave-url]")) new Autosave(form).start();
