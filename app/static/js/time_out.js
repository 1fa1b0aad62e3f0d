// Warns five minutes before this session ends, in a dialog that keeps what was typed and says when. Another tab may
// have prolonged it meanwhile, so the server is asked first; asking does not prolong it.
const WARN = 5 * 60;
const LOOK_EVERY = 5000;
const ASK_AGAIN = 30000;
const LONDON = { timeZone: "Europe/London", hour: "numeric", minute: "2-digit", hourCycle: "h23" };

// 3:33am, 9am, midday or midnight, in London: as every page writes it.
const clockTime = (moment) => {
  const [hour, minute] = new Date(moment).toLocaleTimeString("en-GB", LONDON).split(":").map(Number);
  if (minute === 0 && hour % 12 === 0) return hour ? "midday" : "midnight";
  const minutes = minute ? `:${String(minute).padStart(2, "0")}` : "";
  return `${hour % 12 || 12}${minutes}${hour < 12 ? "am" : "pm"}`;
};

const reveal = (element, shown) => element.classList.toggle("govuk-!-display-none", !shown);
const part = (name) => document.getElementById(`time-out${name}`);

class TimeOut {
  constructor(dialog) {
    this.dialog = dialog;
    this.mark = dialog.dataset.mark;
    const [idle, absolute] = dialog.dataset.timeOut.split(" ").map(Number);
    this.take({ signed_in: true, mark: this.mark, idle, absolute });
    this.asking = null;
    this.askedAt = 0;
    this.stayed = 0;
    this.state = "";
  }

  start() {
    setInterval(() => this.look(), LOOK_EVERY);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.look(true); });
    addEventListener("focus", () => this.look(true));
    addEventListener("pageshow", () => this.look());
    part("-close").addEventListener("click", () => this.dialog.close());
    this.dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.stay();
    });
  }

  // What the server says of this session: when it ends, or that it has ended, or that somebody else is signed in now.
  take(told) {
    this.told = told;
    this.idleEnds = Date.now() + (told.idle ?? 0) * 1000;
    this.ends = Date.now() + Math.min(told.idle ?? 0, told.absolute ?? 0) * 1000;
    this.atLongest = told.signed_in && told.absolute <= told.idle;
    this.mine = told.signed_in && told.mark === this.mark;
    if (this.mine && told.token) {
      for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = told.token;
    }
  }

  async look(back = false) {
    const near = !this.mine || this.ends - Date.now() <= WARN * 1000;
    if (!near && !(back && this.dialog.open)) return;
    const due = back || this.state === "" || Date.now() - this.askedAt >= ASK_AGAIN;
    if (back && this.asking) await this.asking; // asked before whatever happened in the other tab
    if (due) await this.ask();
    this.show();
  }

  async ask() {
    if (this.asking) return this.asking;
    this.askedAt = Date.now();
    const stayed = this.stayed;
    this.asking = (async () => {
      try {
        const answer = await fetch(this.dialog.dataset.ask, { redirect: "error", cache: "no-store" });
        const told = answer.ok ? await answer.json() : null;
        if (told && stayed === this.stayed) this.take(told); // else it was asked before the time was prolonged
      } catch { /* Waymark cannot be reached; what this page knows still holds */ }
      this.asking = null;
    })();
    return this.asking;
  }

  async stay() {
    const form = this.dialog.querySelector("form");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
      const told = answer.ok ? await answer.json() : null;
      if (told) {
        this.stayed += 1;
        this.take(told);
      } else await this.ask();
    } catch { /* said below: the time stays as it was */ }
    this.show();
  }

  show() {
    const left = (this.ends - Date.now()) / 1000;
    if (this.mine && left > WARN) return this.hide();
    let state = "idle";
    if (!this.told.signed_in || left <= 0) state = "ended";
    else if (!this.mine) state = "other";
    else if (this.atLongest) state = "longest";
    this.say(state, Math.max(1, Math.ceil(left / 60)));
    if (this.state === state) return;
    this.state = state;
    reveal(part("-stay"), state === "idle");
    reveal(part("-again"), state !== "idle");
    reveal(part("-close"), state !== "idle");
    if (!this.dialog.open) this.dialog.showModal();
    (state === "idle" ? part("-stay") : part("-again")).focus();
  }

  hide() {
    this.state = "";
    if (this.dialog.open) this.dialog.close();
  }

  say(state, minutes) {
    const at = clockTime(this.ends);
    const soon = `${at}, in ${minutes === 1 ? "a minute" : `${minutes} minutes`}`;
    const titles = { ended: "You are signed out", other: "Somebody else is signed in now" };
    const texts = {
      idle: `For safety you will be signed out at ${soon}, because this page has not been used. What you typed stays on this page.`,
      longest: `For safety you will be signed out at ${soon}: nobody stays signed in for longer than ten hours. Sign in again in another tab, then come back here. What you typed stays on this page.`,
      ended: "For safety you were signed out. What you typed is still on this page. Sign in again in another tab, then come back here and go on.",
      other: "Another person has signed in in this browser. What you typed is still on this page, but it cannot be sent in your name until you sign in again in another tab.",
    };
    this.put(part("-title"), titles[state] ?? "You will be signed out soon");
    this.put(part("-text"), texts[state]);
  }

  // Only what has changed is written, so that it is not announced again and again.
  put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }
}

const dialog = part("");
if (dialog?.showModal) new TimeOut(dialog).start();
