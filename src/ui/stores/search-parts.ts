import type { ExploreCalls, SearchPage, SearchRequest } from '../../shared/abi/index.ts';

export type SearchApi = Pick<ExploreCalls, 'exploreSearch' | 'exploreSearchMore' | 'exploreSearchStop'>;

/** The parts of a search of the kernel's, until it is done. Whoever leaves before its end stops it. */
export async function* searchParts(api: SearchApi, request: SearchRequest): AsyncGenerator<SearchPage, void, void> {
  let page = await api.exploreSearch(request);
  // A search that could not go on is over by itself.
  let going = true;
  try {
    for (;;) {
      yield page;
      if (page.done) return;
      going = false;
      page = await api.exploreSearchMore(page.id);
      going = true;
    }
  } finally {
    if (going && !page.done) await api.exploreSearchStop(page.id);
  }
}
