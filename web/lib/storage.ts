/** What is kept on this device only. A browser that forbids storage loses drafts, never the page. */
export const stored = {
  read(key: string): string | undefined {
    try {
      return localStorage.getItem(`beseda.${key}`) ?? undefined;
    } catch {
      return undefined;
    }
  },
  write(key: string, value: string | undefined): void {
    try {
      if (value === undefined || value === '') localStorage.removeItem(`beseda.${key}`);
      else localStorage.setItem(`beseda.${key}`, value);
    } catch {
      // Nothing can be kept here: the page works on without.
    }
  },
};
