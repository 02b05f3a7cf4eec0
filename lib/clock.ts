/** The engine's own. Next puts another one in place of the global, which asks at each `new Date()` whether a page is rendered. */
const SystemDate = Date;

/** Now, by the system's clock. */
export const systemNow = (): Date => new SystemDate();
