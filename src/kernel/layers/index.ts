export { LayerService, type LayerServiceOptions } from './layer-service.ts';
