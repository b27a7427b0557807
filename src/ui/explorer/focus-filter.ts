/** Puts the focus into the filter, with what is in it selected. */
export function focusFilter(): void {
  const field = document.querySelector<HTMLInputElement>('#explorer-filter');
  field?.focus();
  field?.select();
}
