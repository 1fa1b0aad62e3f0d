// The design system marks radios that reveal questions with aria-expanded, which a radio may not carry. What is
// revealed comes next in reading order, so nothing is lost by taking it off again.
const SELECTOR = 'input[type="radio"][aria-expanded]';

function tidy() {
  for (const radio of document.querySelectorAll(SELECTOR)) radio.removeAttribute("aria-expanded");
}

tidy();
new MutationObserver(tidy).observe(document.body, { subtree: true, attributeFilter: ["aria-expanded"] });
