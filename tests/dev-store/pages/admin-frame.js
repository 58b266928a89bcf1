/*
 * The dev store's admin around the app's frame: draws what the app asks for through app-bridge.js (menu, title bar,
 * save bar, toasts) and keeps this page's address on the place in the app.
 */
import { closeMenu } from "./admin-menu.js";

const CHANNEL = "dev-store-app-bridge";
const config = JSON.parse(document.getElementById("frame-config").textContent);
const frame = document.getElementById("app-frame");
const appLinks = document.getElementById("app-links");
const appHome = document.getElementById("app-home");
const titleBar = document.getElementById("title-bar");
const title = document.getElementById("title");
const saveBar = document.getElementById("save-bar");
const leaveDialog = document.getElementById("leave-dialog");
const politeToasts = document.getElementById("toasts");
const urgentToasts = document.getElementById("error-toasts");
const announcer = document.getElementById("announcer");
const progress = document.getElementById("progress");

let menuValue = null;
let currentPlace = config.place;
let saveBarValue = null;
let leaving = false;

function tell(kind, data = {}) {
  frame.contentWindow.postMessage({ channel: CHANNEL, kind, ...data }, config.appOrigin);
}

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

async function getJson(path) {
  const response = await fetch(`${config.store}/${path}`);
  if (!response.ok) throw new Error(`The dev store answered ${response.status} for ${path}`);
  return response.json();
}

// ---- Places: this page's address is the app's place; only the frame has history entries of its own

const adminAddress = (place) => config.base + (place === "/" ? "" : place.replace(/^\/(?=\?)/, ""));

function showPlace(place) {
  currentPlace = place;
  history.replaceState(null, "", adminAddress(place));
  markCurrent();
}

function markCurrent() {
  const path = currentPlace.split(/[?#]/)[0];
  const links = [...appLinks.querySelectorAll("a")];
  const fits = (link) => {
    const target = link.dataset.place.split(/[?#]/)[0];
    return path === target || (target !== "/" && path.startsWith(`${target}/`));
  };
  const current = links.filter(fits).sort((a, b) => b.dataset.place.length - a.dataset.place.length)[0];
  for (const link of links) {
    if (link === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (current) appHome.removeAttribute("aria-current");
  else appHome.setAttribute("aria-current", "page");
}

/** Resolves to whether to go: asks only where there are unsaved changes. */
function confirmLeaving() {
  if (!saveBarValue) return Promise.resolve(true);
  leaveDialog.returnValue = "";
  leaveDialog.showModal();
  return new Promise((resolve) => {
    leaveDialog.addEventListener("close", () => resolve(leaveDialog.returnValue === "leave"), { once: true });
  });
}

const navigations = new Map();
let lastNavigation = 0;

/** Asks the app's own router to go there; where none answers, the frame is loaded anew at that place. */
async function navigate(place, key) {
  closeMenu();
  if (!(await confirmLeaving())) return;
  const loadAnew = () => {
    leaving = true;
    location.assign(adminAddress(place));
  };
  if (!key) {
    loadAnew();
    return;
  }
  const id = ++lastNavigation;
  const timer = setTimeout(loadAnew, 1000);
  navigations.set(id, (done) => {
    clearTimeout(timer);
    if (!done) loadAnew();
  });
  tell("navigate", { key, id });
}

function followLink(link, place, key) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(place, key());
  });
}

function drawMenu(value) {
  menuValue = value;
  const items = value?.items ?? [];
  appLinks.replaceChildren(
    ...items.map((item) => {
      const link = make("a", { href: adminAddress(item.href), textContent: item.label });
      link.dataset.place = item.href;
      followLink(link, item.href, () => item.key);
      return make("li", {}, link);
    }),
  );
  appLinks.hidden = items.length === 0;
  markCurrent();
}
followLink(appHome, "/", () => menuValue?.home?.key ?? null);

// ---- Title bar

function actionButton(value, className) {
  const button = make("button", { type: "button", textContent: value.label, className });
  button.disabled = value.disabled || value.loading;
  if (value.loading) button.setAttribute("aria-busy", "true");
  if (value.tone === "critical") button.classList.add("critical");
  button.addEventListener("click", () => tell("click", { key: value.key }));
  return button;
}

function actionMenu(label, actions) {
  const details = make("details", { className: "action-menu" }, make("summary", { textContent: label }));
  const list = make("ul", {}, ...actions.map((one) => make("li", {}, actionButton(one, "plain"))));
  list.addEventListener("click", () => details.removeAttribute("open"));
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    details.removeAttribute("open");
    details.querySelector("summary").focus();
  });
  details.append(list);
  return details;
}

document.addEventListener("click", (event) => {
  for (const details of document.querySelectorAll(".action-menu[open]")) {
    if (!details.contains(event.target)) details.removeAttribute("open");
  }
});

function drawTitleBar(value) {
  const name = value?.title || config.appName;
  title.textContent = name;
  document.title = `${name === config.appName ? "" : `${name} · `}${config.appName} · ${config.shopName} · Dev store`;
  titleBar.querySelector(".breadcrumb")?.remove();
  if (value?.breadcrumb) {
    const back = actionButton(value.breadcrumb, "breadcrumb");
    back.setAttribute("aria-label", `Back: ${value.breadcrumb.label}`);
    back.textContent = "←";
    titleBar.prepend(back);
  }
  const actions = titleBar.querySelector(".actions");
  const secondary = value?.secondary ?? [];
  actions.replaceChildren(
    ...secondary.map((one) => actionButton(one, "secondary wide-only")),
    ...(value?.groups ?? []).map((group) => actionMenu(group.label, group.actions)),
  );
  if (secondary.length) {
    const more = actionMenu("More actions", secondary);
    more.classList.add("narrow-only");
    actions.append(more);
  }
  if (value?.primary) actions.append(actionButton(value.primary, "primary"));
}

// ---- Save bar

function drawSaveBar(value) {
  if (value && !saveBarValue) announcer.textContent = "Unsaved changes";
  saveBarValue = value;
  saveBar.hidden = !value;
  for (const name of ["save", "discard"]) {
    const button = saveBar.querySelector(`.${name}`);
    const one = value?.[name];
    button.hidden = !one;
    button.textContent = one?.label ?? "";
    button.disabled = Boolean(one?.disabled || one?.loading);
  }
}
saveBar.querySelector(".save").addEventListener("click", () => tell("save"));
saveBar.querySelector(".discard").addEventListener("click", async () => {
  if (saveBarValue?.confirmDiscard && !(await confirmLeaving())) return;
  tell("discard");
});
window.addEventListener("beforeunload", (event) => {
  if (saveBarValue && !leaving) event.preventDefault();
});

// ---- Toasts

const shownToasts = new Map();

function hideToast(id) {
  shownToasts.get(id)?.remove();
  if (shownToasts.delete(id)) tell("toast-dismissed", { toast: id });
}

function showToast({ toast, message, duration, isError, action }) {
  const dismiss = make("button", { type: "button", className: "dismiss", textContent: "×" });
  dismiss.setAttribute("aria-label", "Dismiss");
  dismiss.addEventListener("click", () => hideToast(toast));
  const element = make("div", { className: isError ? "toast error" : "toast" }, make("p", { textContent: message }));
  if (action) {
    const button = make("button", { type: "button", className: "action", textContent: action });
    button.addEventListener("click", () => tell("toast-action", { toast }));
    element.append(button);
  }
  element.append(dismiss);
  (isError ? urgentToasts : politeToasts).append(element);
  shownToasts.set(toast, element);
  setTimeout(() => hideToast(toast), duration);
}

// ---- Addresses outside the app

function openAddress({ url, target }) {
  const admin = url.match(/^(?:shopify:\/*admin|https:\/\/admin\.shopify\.com\/store\/[^/]+)(\/.*)?$/i);
  const address = admin ? `${config.store}${admin[1] ?? ""}` : new URL(url).origin === config.appOrigin ? url : null;
  if (address === null) {
    const message = `${new URL(url).host} is outside the dev store`;
    showToast({ toast: `outside-${url}`, message, duration: 8000, isError: false });
  } else if (target === "_blank") {
    window.open(address, "_blank", "noopener");
  } else {
    location.assign(address);
  }
}

// ---- What the app says

const answers = {
  "id-token": async () => (await getJson("id-token")).idToken,
  scopes: () => getJson("scopes"),
  user: async () => ({ accountAccess: "full" }),
  "leave-confirmation": async () => {
    if (await confirmLeaving()) return undefined;
    // As in Shopify admin, the app hears nothing when the person stays.
    return new Promise(() => {});
  },
};

const listeners = {
  hello() {
    drawTitleBar(null);
    drawSaveBar(null);
    progress.hidden = true;
  },
  place: ({ place }) => showPlace(place),
  menu: ({ value }) => drawMenu(value),
  "title-bar": ({ value }) => drawTitleBar(value),
  "save-bar": ({ value }) => drawSaveBar(value),
  "toast-show": showToast,
  "toast-hide": ({ toast }) => hideToast(toast),
  loading: ({ on }) => {
    progress.hidden = !on;
  },
  modal: ({ open }) => {
    document.body.classList.toggle("modal-open", open);
    for (const element of document.querySelectorAll(".strip, .top-bar, .admin-menu, .title-bar")) element.inert = open;
  },
  open: openAddress,
  navigated: ({ id, done }) => {
    navigations.get(id)?.(done);
    navigations.delete(id);
  },
};

window.addEventListener("message", async (event) => {
  if (event.source !== frame.contentWindow || event.origin !== config.appOrigin) return;
  if (event.data?.channel !== CHANNEL) return;
  const { kind, id } = event.data;
  if (answers[kind]) {
    try {
      tell("reply", { id, value: await answers[kind](event.data) });
    } catch (error) {
      tell("reply", { id, error: error.message });
    }
    return;
  }
  listeners[kind]?.(event.data);
});

// A page without the bridge, such as an error's, says nothing of itself.
frame.addEventListener("load", () => {
  progress.hidden = true;
});

// The frame starts only once someone listens here: its first words would be lost otherwise.
frame.src = config.frameSrc;
drawMenu(null);
