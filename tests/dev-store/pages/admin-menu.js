/* The admin's menu on a narrow screen: behind a button, over the page. */
const menu = document.getElementById("admin-menu");
const menuButton = document.getElementById("menu-button");

export function closeMenu() {
  if (!document.body.classList.contains("menu-open")) return;
  document.body.classList.remove("menu-open");
  menuButton.setAttribute("aria-expanded", "false");
}
menuButton.addEventListener("click", () => {
  const open = document.body.classList.toggle("menu-open");
  menuButton.setAttribute("aria-expanded", String(open));
  if (open) menu.querySelector("a").focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !document.body.classList.contains("menu-open")) return;
  closeMenu();
  menuButton.focus();
});
document.getElementById("menu-backdrop").addEventListener("click", closeMenu);
