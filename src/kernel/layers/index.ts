export { prepareLater } from './background.ts';
export { LayerService, type LayerServiceOptions } from './layer-service.ts';
