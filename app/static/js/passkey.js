// Makes or uses a passkey when a form marked for it is sent, and then sends the form with what the device answered.
// Without it, or in a browser that has no passkeys, the form says so and nothing is sent.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join(""))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// What went wrong, in words that help.
const FAULTS = {
  NotAllowedError: "Nothing was done: it was cancelled, or took too long. Try again.",
  InvalidStateError: "This device already has a passkey of yours. Use another device.",
  NotSupportedError: "This device cannot make a passkey that checks it is you. Use another device.",
  SecurityError: "This address cannot be used with passkeys. Open Waymark at its usual address.",
};

async function asked(form) {
  const answer = await fetch(form.dataset.passkeyOptions, {
    method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error",
    headers: { Accept: "application/json" },
  });
  if (!answer.ok) throw new Error("This page can no longer be used. Load it again.");
  return answer.json();
}

const identified = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const publicKey = {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: identified(options.excludeCredentials), extensions: { credProps: true },
  };
  const made = await navigator.credentials.create({ publicKey });
  if (made.getClientExtensionResults().credProps?.rk === false) {
    throw new Error("This device cannot keep a passkey that you can sign in with. Use another device.");
  }
  const { clientDataJSON, attestationObject } = made.response;
  return { made, response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) } };
}

async function get(options) {
  const publicKey = {
    ...options, challenge: bytes(options.challenge), allowCredentials: identified(options.allowCredentials),
  };
  const made = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
  return { made, response: {
    clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  } };
}

class Passkey {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-passkey-status]");
    this.running = false;
  }

  start() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.running) this.run();
    });
    if (!window.PublicKeyCredential) this.say("This browser has no passkeys. Use another browser or device.");
  }

  async run() {
    if (!window.PublicKeyCredential) return;
    this.running = true;
    this.say("Follow what your device asks.");
    try {
      const options = await asked(this.form);
      const { made, response } = await (this.form.dataset.passkey === "create" ? create : get)(options);
      this.form.elements.namedItem("credential").value = JSON.stringify({
        id: made.id, rawId: text(made.rawId), type: made.type, response,
      });
      this.form.submit();
    } catch (fault) {
      this.running = false;
      this.say(FAULTS[fault.name] ?? (fault.name === "Error" ? fault.message : "Waymark cannot be reached. Try again."));
    }
  }

  say(words) {
    if (!this.status) return;
    this.status.hidden = false;
    this.status.textContent = words;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) new Passkey(form).start();
