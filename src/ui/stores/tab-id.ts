/** A tab of the centre: one of the fixed ones (`welcome`, `processes`, …), `file:<path>` or `diff:<what is compared>`. */
export type TabId = string;
