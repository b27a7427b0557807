export { DataGrid, type Cell, type Place, type Sort } from './DataGrid.tsx';
export { CellValue } from './CellValue.tsx';
export { fittingWidths } from './widths.ts';
