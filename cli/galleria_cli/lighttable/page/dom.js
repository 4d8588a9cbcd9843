/** Elements without HTML texts: whatever a photo is called, it stays a name. */

/**
 * Make an element.
 * @param {string} tag its name, with classes after dots: "button.quiet"
 * @param {object} properties attributes; functions listen to the event of their name; `text` is its text
 * @param {...(Node|string)} children what is inside
 */
export function element(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(" ");
  change(made, properties);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Change attributes of an element; null, undefined and false take one away. */
export function change(made, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "text") setText(made, value);
    else if (name === "value" || name === "checked") made[name] = value;
    else if (value === null || value === undefined || value === false) made.removeAttribute(name);
    else if (made.getAttribute(name) !== String(value)) made.setAttribute(name, value === true ? "" : value);
  }
  return made;
}

/** Set a text where it has changed. */
export function setText(made, text) {
  if (made.textContent !== text) made.textContent = text;
}

/** A button with a text. */
export function button(text, act, properties = {}) {
  return element("button", { type: "button", click: act, ...properties }, text);
}

/** A field with a label in front of it. */
export function labelled(text, field) {
  return element("label.field", {}, element("span", {}, text), field);
}

/** Call `work` once with the next frame, however often it is asked for. */
export function onceAFrame(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      work();
    });
  };
}
