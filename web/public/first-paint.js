// Before the first paint, so that nobody who chose dark sees a white flash. A file and not an inline script: the page's policy allows none.
(() => {
  try {
    const chosen = localStorage.getItem('mantine-color-scheme-value');
    const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
    document.documentElement.style.background = dark ? '#14161a' : '#f6f7f8';
    document.documentElement.lang = localStorage.getItem('beseda.language') ?? (navigator.language.startsWith('ru') ? 'ru' : 'en');
  } catch {
    // Storage is forbidden: the page starts with the system's own choice.
  }
})();
