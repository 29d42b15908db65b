/* Language and colours: a click keeps the choice in a cookie and draws the page anew, at the same address. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preference]");
  if (!button) return;
  const { preference, value } = button.dataset;
  if (!["lang", "theme"].includes(preference)) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `som_${preference}=${encodeURIComponent(value)}; path=/; max-age=31536000; SameSite=Lax${secure}`;
  location.reload();
});
