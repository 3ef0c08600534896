/** A row of a log: a line's number and which of its wrapped rows. */
export interface LogPosition {
  readonly line: number;
  readonly row: number;
}

/** Rows that a line takes. */
export type RowCount = (line: number) => number;

/** The lines there are: from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a page begins that shows the end of the log; pure. */
export function firstOfPage(range: Range, page: number, rowCount: RowCount): LogPosition {
  return moveBy(range, { line: range.end, row: 0 }, -page, rowCount);
}

/** `rows` further down, or up when negative, within the log; pure. */
export function moveBy(
  range: Range,
  from: LogPosition,
  rows: number,
  rowCount: RowCount,
): LogPosition {
  let { line, row } = from;
  let left = rows;
  while (left < 0) {
    if (row > 0) {
      const step = Math.min(row, -left);
      row -= step;
      left += step;
    } else if (line <= range.start) return { line: range.start, row: 0 };
    else {
      line -= 1;
      row = rowCount(line);
    }
  }
  while (left > 0 && line < range.end) {
    const rest = rowCount(line) - row;
    if (left < rest) return { line, row: row + left };
    left -= rest;
    line += 1;
    row = 0;
  }
  return { line, row };
}
