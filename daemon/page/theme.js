// Before the first paint: the theme the reader chose, where it is not the system's.
try {
  const theme = localStorage.getItem("driftd-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's theme.
}
