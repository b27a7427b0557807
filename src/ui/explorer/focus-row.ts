/** Moves the focus to the active row, once it is drawn. */
export function focusActiveRow(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.explorer [role=treeitem][tabindex="0"]')?.focus());
}
