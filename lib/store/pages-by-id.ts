/** Rows read at once: the event loop is free between pages, and memory holds one. */
const PAGE = 1_000;

/** What a query takes to answer one page. */
export interface PageById {
  where: { id: { gt: string } };
  orderBy: { id: "asc" };
  take: number;
}

/** All rows that `read` has, in pages, in the order of their ids. */
export async function* pagesById<R extends { id: string }>(
  read: (page: PageById) => Promise<R[]>,
): AsyncGenerator<R[]> {
  for (let after = ""; ;) {
    const page = await read({ where: { id: { gt: after } }, orderBy: { id: "asc" }, take: PAGE });
    yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.id;
  }
}
