import type { MapCalls, MapSnapshot, SizesBy } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Sizes, TrafficMeter } from '../map/index.ts';

export interface MapParts {
  snapshot(): Promise<MapSnapshot>;
  traffic: TrafficMeter;
  sizes: Sizes;
}

const BY: readonly SizesBy[] = ['layer', 'run', 'kind'];
const PATH_MAX = 4096;

/** The window's calls for the map. Arguments come from another realm: each is checked. */
export function mapCalls({ snapshot, traffic, sizes }: MapParts): MapCalls {
  return {
    mapSnapshot: () => snapshot(),
    mapTraffic: async () => traffic.take(),
    mapSizes: async (path, by) => {
      if (typeof path !== 'string' || !path.startsWith('/') || path.length > PATH_MAX) throw new FsError('EINVAL', 'sizes', undefined, { detail: 'the path is no absolute path' });
      if (!BY.includes(by)) throw new FsError('EINVAL', 'sizes', undefined, { detail: `sizes are by ${BY.join(', ')}` });
      return sizes.report(path, by);
    },
  };
}
