/*
 * A stand-in for Shopify's App Bridge, for the dev store only. Not Shopify's code, and not complete: it gives the app
 * the parts of the `shopify` global that the dev store's admin frame can answer (typed by @shopify/app-bridge-types)
 * and refuses the rest with an error that says so. The other half is admin-frame.js, on the other side of postMessage.
 */
(() => {
  if (globalThis.shopify) return;

  const ADMIN_ORIGIN = "__ADMIN_ORIGIN__";
  const CHANNEL = "dev-store-app-bridge";
  const FRAME_PARAMS = [
    "appLoadId", "embedded", "hmac", "host", "id_token", "locale", "protocol", "session", "shop", "timestamp",
  ];
  const embedded = window.parent !== window;
  const startParams = new URLSearchParams(location.search);

  // ---- Talking to the frame

  let lastId = 0;
  const waiting = new Map();

  function tell(kind, data = {}) {
    if (embedded) window.parent.postMessage({ channel: CHANNEL, kind, ...data }, ADMIN_ORIGIN);
  }

  function ask(kind, data = {}) {
    if (!embedded) return Promise.reject(new Error(`shopify: ${kind} needs the dev store's admin frame`));
    const id = ++lastId;
    tell(kind, { ...data, id });
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  const listeners = {};
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== ADMIN_ORIGIN || event.data?.channel !== CHANNEL) return;
    if (event.data.kind === "reply") {
      const { resolve, reject } = waiting.get(event.data.id) ?? {};
      waiting.delete(event.data.id);
      if (event.data.error) reject?.(new Error(event.data.error));
      else resolve?.(event.data.value);
      return;
    }
    listeners[event.data.kind]?.(event.data);
  });

  // ---- Configuration: what the page names, then what the frame's address said when the app was first loaded

  function remembered(name) {
    const value = startParams.get(name);
    if (value) sessionStorage.setItem(`dev-store:${name}`, value);
    return value ?? sessionStorage.getItem(`dev-store:${name}`) ?? undefined;
  }

  const config = {
    apiKey:
      document.querySelector('meta[name="shopify-api-key"]')?.content ||
      document.currentScript?.dataset.apiKey ||
      "__API_KEY__",
    appOrigins: [location.origin],
    shop: remembered("shop"),
    host: remembered("host"),
    locale: remembered("locale") ?? "en",
  };

  // ---- Session tokens and authorised fetch

  const idToken = () => ask("id-token");
  const plainFetch = window.fetch.bind(window);

  async function authorisedFetch(input, init) {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== location.origin || request.headers.has("authorization") || !embedded) {
      return plainFetch(request);
    }
    const send = async (one) => {
      one.headers.set("Authorization", `Bearer ${await idToken()}`);
      one.headers.set("X-Requested-With", "XMLHttpRequest");
      return plainFetch(one);
    };
    const again = request.clone();
    let response = await send(request);
    if (response.status === 401 && response.headers.has("X-Shopify-Retry-Invalid-Session-Request")) {
      response = await send(again);
    }
    const elsewhere = response.headers.get("X-Shopify-API-Request-Failure-Reauthorize-Url");
    if (elsewhere) {
      openAddress(elsewhere, "_top");
      return new Promise(() => {});
    }
    return response;
  }
  window.fetch = authorisedFetch;

  // The library's bounce page: load the page it stands for, with a fresh token.
  const reload = startParams.get("shopify-reload");
  if (reload) {
    const target = new URL(reload, location.href);
    const tries = Number(sessionStorage.getItem("dev-store:bounces") ?? "0") + 1;
    sessionStorage.setItem("dev-store:bounces", String(tries));
    if (target.origin !== location.origin) {
      console.error(`dev store: refused to reload ${target.href}: not this app's origin`);
    } else if (tries > 5) {
      sessionStorage.removeItem("dev-store:bounces");
      document.title = "The app refuses the session token";
      const text = document.createElement("p");
      text.textContent = "Dev store: the app sent five session tokens back in a row. Its log says why.";
      (document.body ?? document.documentElement).append(text);
    } else {
      idToken().then((token) => {
        target.searchParams.set("id_token", token);
        location.replace(target);
      });
    }
  } else {
    sessionStorage.removeItem("dev-store:bounces");
  }

  // ---- Where the app is

  function place(href) {
    const url = new URL(href, location.href);
    for (const name of FRAME_PARAMS) url.searchParams.delete(name);
    return url.pathname + url.search + url.hash;
  }

  let lastPlace = null;
  function reportPlace() {
    const now = place(location.href);
    if (reload || now === lastPlace) return;
    lastPlace = now;
    tell("place", { place: now });
  }
  for (const name of ["pushState", "replaceState"]) {
    const plain = history[name].bind(history);
    history[name] = (...args) => {
      plain(...args);
      reportPlace();
    };
  }
  window.addEventListener("popstate", reportPlace);
  window.addEventListener("hashchange", reportPlace);

  // ---- Opening addresses: Shopify admin pages and the top window belong to the frame

  function isAdminAddress(href) {
    return /^shopify:|^https:\/\/admin\.shopify\.com\/store\//i.test(href);
  }

  function openAddress(url, target) {
    tell("open", { url: isAdminAddress(url) ? url : new URL(url, location.href).href, target: target ?? "_top" });
  }

  const plainOpen = window.open.bind(window);
  window.open = (url, target, features) => {
    const href = String(url ?? "");
    if (embedded && href && (isAdminAddress(href) || target === "_top" || target === "_parent")) {
      openAddress(href, target);
      return null;
    }
    return plainOpen(url, target, features);
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const href = link?.getAttribute("href");
    if (!href || !embedded) return;
    if (isAdminAddress(href) || link.target === "_top" || link.target === "_parent") {
      event.preventDefault();
      const newWindow = link.target === "_blank" || event.ctrlKey || event.metaKey;
      openAddress(href, newWindow ? "_blank" : "_top");
    }
  });

  // ---- Elements the frame draws: navigation menu, title bar, save bar

  const keys = new WeakMap();
  const byKey = new Map();
  function keyOf(element) {
    if (!keys.has(element)) {
      const key = `e${++lastId}`;
      keys.set(element, key);
      byKey.set(key, new WeakRef(element));
    }
    return keys.get(element);
  }

  const label = (element) => (element.getAttribute("label") ?? element.textContent ?? "").trim();
  const isOn = (element, name) => element.hasAttribute(name) && element.getAttribute(name) !== "false";

  function action(element) {
    return {
      key: keyOf(element),
      label: label(element),
      disabled: isOn(element, "disabled"),
      loading: isOn(element, "loading"),
      tone: element.getAttribute("tone") ?? "default",
    };
  }

  function readMenu() {
    const menu = document.querySelector("ui-nav-menu, s-app-nav");
    if (!menu) return null;
    const links = [...menu.querySelectorAll("a[href], s-link[href]")];
    const home = links.find((link) => link.getAttribute("rel") === "home");
    return {
      home: home ? { key: keyOf(home), href: place(home.getAttribute("href")) } : null,
      items: links
        .filter((link) => link !== home)
        .map((link) => ({ key: keyOf(link), label: label(link), href: place(link.getAttribute("href")) })),
    };
  }

  function readTitleBar(bar) {
    if (!bar) return null;
    const direct = [...bar.children].filter((child) => child.matches("a, button"));
    const variant = (name) => direct.find((child) => child.getAttribute("variant") === name);
    const breadcrumb = variant("breadcrumb");
    const primary = variant("primary");
    return {
      title: bar.getAttribute("title") ?? "",
      breadcrumb: breadcrumb ? action(breadcrumb) : null,
      primary: primary ? action(primary) : null,
      secondary: direct.filter((child) => child !== breadcrumb && child !== primary).map(action),
      groups: [...bar.querySelectorAll(":scope > section")].map((section) => ({
        label: section.getAttribute("label") ?? "More actions",
        actions: [...section.querySelectorAll("a, button")].map(action),
      })),
    };
  }

  let shownSaveBar = null;

  function readSaveBar() {
    if (!shownSaveBar) return null;
    if (shownSaveBar.form) {
      return {
        confirmDiscard: isOn(shownSaveBar.form, "data-discard-confirmation"),
        save: { label: "Save", disabled: false, loading: false },
        discard: { label: "Discard", disabled: false, loading: false },
      };
    }
    const buttons = [...shownSaveBar.element.querySelectorAll("button")];
    const save = buttons.find((button) => button.getAttribute("variant") === "primary");
    const discard = buttons.find((button) => button !== save);
    return {
      confirmDiscard: isOn(shownSaveBar.element, "discardconfirmation"),
      save: save ? { ...action(save), label: label(save) || "Save" } : null,
      discard: discard ? { ...action(discard), label: label(discard) || "Discard" } : null,
    };
  }

  const reported = { menu: "null", "title-bar": "null", "save-bar": "null" };
  function report(kind, value) {
    const text = JSON.stringify(value);
    if (reported[kind] === text) return;
    reported[kind] = text;
    tell(kind, { value });
  }

  function reportElements() {
    if (shownSaveBar && !(shownSaveBar.form ?? shownSaveBar.element).isConnected) shownSaveBar = null;
    report("menu", readMenu());
    report(
      "title-bar",
      readTitleBar([...document.querySelectorAll("ui-title-bar")].find((bar) => !bar.closest("ui-modal"))),
    );
    report("save-bar", readSaveBar());
  }

  let scheduled = false;
  function scheduleReport() {
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      reportElements();
    });
  }
  new MutationObserver(scheduleReport).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: ["title", "href", "label", "variant", "tone", "disabled", "loading", "rel", "discardconfirmation"],
  });

  listeners.click = ({ key }) => byKey.get(key)?.deref()?.click();
  listeners.navigate = ({ key, id }) => {
    const link = byKey.get(key)?.deref();
    if (link?.isConnected) link.dispatchEvent(new CustomEvent("shopify:navigate", { bubbles: true, cancelable: true }));
    tell("navigated", { id, done: Boolean(link?.isConnected) });
  };

  // ---- Save bar: <ui-save-bar>, form[data-save-bar] and shopify.saveBar

  function elementById(id, name) {
    const element = document.getElementById(id);
    if (element?.localName !== name) throw new Error(`shopify: there is no <${name} id="${id}">`);
    return element;
  }

  class SaveBarElement extends HTMLElement {
    get discardConfirmation() {
      return isOn(this, "discardconfirmation");
    }
    set discardConfirmation(on) {
      this.toggleAttribute("discardconfirmation", Boolean(on));
    }
    get showing() {
      return shownSaveBar?.element === this;
    }
    async show() {
      if (this.showing) return;
      shownSaveBar = { element: this };
      reportElements();
      this.dispatchEvent(new CustomEvent("show"));
    }
    async hide() {
      if (!this.showing) return;
      shownSaveBar = null;
      reportElements();
      this.dispatchEvent(new CustomEvent("hide"));
    }
    toggle() {
      return this.showing ? this.hide() : this.show();
    }
  }

  const savedForm = (event) => (event.target instanceof Element ? event.target.closest("form[data-save-bar]") : null);
  const showFor = (event) => {
    const form = savedForm(event);
    if (!form || shownSaveBar?.form === form) return;
    shownSaveBar = { form };
    reportElements();
  };
  const hideFor = (event) => {
    if (!shownSaveBar?.form || savedForm(event) !== shownSaveBar.form) return;
    shownSaveBar = null;
    reportElements();
  };
  document.addEventListener("input", showFor);
  document.addEventListener("change", showFor);
  document.addEventListener("reset", hideFor);
  document.addEventListener("submit", hideFor);

  function saveBarButton(primary) {
    return [...(shownSaveBar?.element?.querySelectorAll("button") ?? [])].find(
      (button) => (button.getAttribute("variant") === "primary") === primary,
    );
  }
  listeners.save = () => (shownSaveBar?.form ? shownSaveBar.form.requestSubmit() : saveBarButton(true)?.click());
  listeners.discard = () => (shownSaveBar?.form ? shownSaveBar.form.reset() : saveBarButton(false)?.click());

  // ---- Modals: drawn inside the app's own document, while the frame dims the rest of the page

  let openModals = 0;
  class ModalElement extends HTMLElement {
    #dialog = null;
    #moved = [];

    #build() {
      if (this.#dialog) return this.#dialog;
      const dialog = document.createElement("dialog");
      dialog.className = "dev-store-modal";
      dialog.innerHTML =
        '<header><h2></h2><button type="button" class="dev-store-modal-close" aria-label="Close">×</button></header>' +
        '<div class="dev-store-modal-content"></div><footer></footer>';
      dialog.setAttribute("aria-labelledby", `${keyOf(this)}-title`);
      dialog.querySelector("h2").id = `${keyOf(this)}-title`;
      dialog.querySelector(".dev-store-modal-close").addEventListener("click", () => this.hide());
      dialog.addEventListener("close", () => this.#closed());
      document.body.append(dialog);
      this.#dialog = dialog;
      return dialog;
    }

    get content() {
      return this.#build().querySelector(".dev-store-modal-content");
    }
    get contentWindow() {
      return this.#dialog?.querySelector("iframe")?.contentWindow ?? null;
    }
    get variant() {
      return this.getAttribute("variant") ?? "base";
    }
    set variant(value) {
      this.setAttribute("variant", value);
    }
    get src() {
      return this.getAttribute("src") ?? "";
    }
    set src(value) {
      this.setAttribute("src", value);
    }

    #fill(dialog) {
      const bar = readTitleBar(this.querySelector("ui-title-bar"));
      dialog.dataset.variant = this.variant;
      dialog.querySelector("h2").textContent = bar?.title ?? "";
      const footer = dialog.querySelector("footer");
      footer.replaceChildren(
        ...[...(bar?.secondary ?? []), ...(bar?.primary ? [bar.primary] : [])].map((one) => {
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = one.label;
          button.disabled = one.disabled || one.loading;
          button.className = one === bar.primary ? "primary" : "";
          button.addEventListener("click", () => byKey.get(one.key)?.deref()?.click());
          return button;
        }),
      );
      footer.hidden = footer.childElementCount === 0;
      const content = this.content;
      if (this.src) {
        const inner = document.createElement("iframe");
        inner.src = this.src;
        inner.title = bar?.title ?? "Modal";
        content.replaceChildren(inner);
        return;
      }
      for (const child of [...this.childNodes]) {
        const isBar = child.localName === "ui-title-bar" || child.localName === "ui-save-bar";
        if (isBar || !child.textContent.trim()) continue;
        this.#moved.push(child);
        content.append(child);
      }
    }

    async show() {
      const dialog = this.#build();
      if (dialog.open) return;
      this.#fill(dialog);
      dialog.showModal();
      openModals += 1;
      tell("modal", { open: true });
      this.dispatchEvent(new CustomEvent("show"));
    }
    async hide() {
      if (this.#dialog?.open) this.#dialog.close();
    }
    toggle() {
      return this.#dialog?.open ? this.hide() : this.show();
    }

    #closed() {
      this.append(...this.#moved.splice(0));
      openModals -= 1;
      if (openModals === 0) tell("modal", { open: false });
      this.dispatchEvent(new CustomEvent("hide"));
    }
    disconnectedCallback() {
      this.#dialog?.close();
      this.#dialog?.remove();
      this.#dialog = null;
    }
  }

  customElements.define("ui-save-bar", SaveBarElement);
  customElements.define("ui-modal", ModalElement);

  // A constructed sheet adds no element, so the app's own markup stays as the server sent it.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    ui-nav-menu, s-app-nav, ui-title-bar, ui-save-bar, ui-modal { display: none; }
    .dev-store-modal { border: 0; border-radius: 16px; padding: 0; width: min(620px, calc(100vw - 32px));
      max-height: calc(100dvh - 32px); box-shadow: 0 24px 60px rgb(0 0 0 / .3); color: #303030;
      font: 14px/1.45 Inter, system-ui, sans-serif; }
    .dev-store-modal[open] { display: flex; flex-direction: column; }
    .dev-store-modal::backdrop { background: rgb(0 0 0 / .5); }
    .dev-store-modal[data-variant=small] { width: min(380px, calc(100vw - 32px)); }
    .dev-store-modal[data-variant=large] { width: min(980px, calc(100vw - 32px)); }
    .dev-store-modal[data-variant=max] { width: calc(100vw - 32px); height: calc(100dvh - 32px); }
    .dev-store-modal header { display: flex; align-items: center; justify-content: space-between; gap: 12px;
      padding: 12px 12px 12px 16px; background: #f3f3f3; }
    .dev-store-modal h2 { margin: 0; font-size: 14px; font-weight: 650; }
    .dev-store-modal-close { border: 0; background: none; font-size: 20px; line-height: 1; width: 32px; height: 32px;
      border-radius: 8px; cursor: pointer; }
    .dev-store-modal-content { padding: 16px; overflow: auto; flex: 1; }
    .dev-store-modal-content iframe { border: 0; width: 100%; height: 60vh; display: block; }
    .dev-store-modal footer { display: flex; justify-content: flex-end; gap: 8px; padding: 12px 16px;
      border-top: 1px solid #ebebeb; }
    .dev-store-modal footer[hidden] { display: none; }
    .dev-store-modal footer button { border: 1px solid #8a8a8a; border-radius: 8px; background: #fff; padding: 6px 12px;
      font: inherit; font-weight: 550; cursor: pointer; }
    .dev-store-modal footer button.primary { background: #303030; border-color: #303030; color: #fff; }
    .dev-store-modal footer button:disabled { opacity: .5; cursor: default; }
    .dev-store-modal button:focus-visible { outline: 2px solid #005bd3; outline-offset: 1px; }
  `);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  // ---- The global

  const toasts = new Map();
  listeners["toast-action"] = ({ toast }) => toasts.get(toast)?.onAction?.();
  listeners["toast-dismissed"] = ({ toast }) => {
    toasts.get(toast)?.onDismiss?.();
    toasts.delete(toast);
  };

  function refuse(name) {
    return () => Promise.reject(new Error(`shopify.${name} is not in the dev store: try it in a real store`));
  }

  globalThis.shopify = {
    config,
    origin: ADMIN_ORIGIN,
    ready: Promise.resolve(),
    setSignals() {},
    environment: { mobile: false, embedded, pos: false, intent: false },
    loading: (on = true) => tell("loading", { on: Boolean(on) }),
    idToken,
    user: () => ask("user"),
    toast: {
      show(message, options = {}) {
        const toast = `t${++lastId}`;
        toasts.set(toast, options);
        const { duration = 5000, isError = false, action: actionLabel } = options;
        tell("toast-show", { toast, message: String(message), duration, isError, action: actionLabel });
        return toast;
      },
      hide: (toast) => tell("toast-hide", { toast }),
    },
    saveBar: {
      show: async (id) => elementById(id, "ui-save-bar").show(),
      hide: async (id) => elementById(id, "ui-save-bar").hide(),
      toggle: async (id) => elementById(id, "ui-save-bar").toggle(),
      leaveConfirmation: () => (shownSaveBar ? ask("leave-confirmation") : Promise.resolve()),
    },
    modal: {
      show: async (id) => elementById(id, "ui-modal").show(),
      hide: async (id) => elementById(id, "ui-modal").hide(),
      toggle: async (id) => elementById(id, "ui-modal").toggle(),
    },
    scopes: { query: () => ask("scopes"), request: refuse("scopes.request"), revoke: refuse("scopes.revoke") },
    app: { extensions: async () => [] },
    shopifyQL: { available: async () => false },
    resourcePicker: refuse("resourcePicker"),
    picker: refuse("picker"),
    scanner: { capture: refuse("scanner.capture") },
    reviews: { request: refuse("reviews.request") },
    support: { registerHandler: refuse("support.registerHandler") },
    webVitals: { onReport: refuse("webVitals.onReport") },
    intents: {
      request: { value: null, subscribe: () => () => {} },
      invoke: refuse("intents.invoke"),
      register: () => () => {},
    },
    pos: { cart: {}, close: refuse("pos.close"), device: refuse("pos.device"), location: refuse("pos.location") },
    tools: { register: () => () => {}, unregister() {}, clear() {} },
    /** The older spelling of opening an admin page, as in open("shopify://admin/orders"). */
    open: (url, target) => openAddress(String(url), target),
  };

  if (!reload) {
    tell("hello");
    reportPlace();
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", reportElements);
    else reportElements();
  }
})();
