/** Draws a metric widget: axes, lines or areas, annotations, a legend; or the last values in large letters. */
import type { Series } from "../../../languages/metric-math/value.ts";
import { Canvas, textWidth, type Colour } from "./canvas.ts";
import type { Axis, Widget } from "./read-widget.ts";
import { scaleOf, tickText, timeText, timeTicks, type Scale } from "./scale.ts";

/** One line of the chart. */
export interface Drawn {
  readonly label: string;
  readonly series: Series;
  readonly colour: Colour | undefined;
  readonly axis: "left" | "right";
}

/** The console's own colours, in its order. */
const COLOURS: readonly Colour[] = [
  [31, 119, 180],
  [255, 127, 14],
  [44, 160, 44],
  [214, 39, 40],
  [148, 103, 189],
  [140, 86, 75],
  [227, 119, 194],
  [127, 127, 127],
];
const INK: Colour = [84, 91, 100];
const GRID: Colour = [230, 233, 236];
const MARK: Colour = [214, 39, 40];
const LETTERS = 7;
const LEGEND_LINE = 14;

/** Where the lines are, in dots. */
interface Field {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function drawWidget(widget: Widget, drawn: readonly Drawn[]): Canvas {
  const canvas = new Canvas(widget.width, widget.height);
  if (widget.title !== "") canvas.text(12, 10, widget.title, INK, widget.width < 400 ? 1 : 2);
  if (widget.view === "singleValue") drawValues(canvas, drawn);
  else drawChart(canvas, widget, drawn);
  return canvas;
}

const colourOf = ({ colour }: Drawn, index: number): Colour => colour ?? COLOURS[index % COLOURS.length] ?? INK;

function drawChart(canvas: Canvas, widget: Widget, drawn: readonly Drawn[]): void {
  const hasRight = drawn.some(({ axis }) => axis === "right");
  const rows = legendRows(drawn, widget.width);
  const field: Field = {
    left: 58,
    top: widget.title === "" ? 16 : 38,
    right: widget.width - (hasRight ? 58 : 16),
    bottom: widget.height - 28 - rows.length * LEGEND_LINE,
  };
  const stacks = widget.stacked ? stacked(drawn) : drawn.map(({ series }) => ({ low: undefined, high: series.points }));
  const scaleFor = (side: "left" | "right"): Scale => {
    const values = drawn.flatMap(({ axis }, index) => (axis === side ? [...(stacks[index]?.high.values() ?? [])] : []));
    const marks = side === "left" ? widget.horizontal.map(({ value }) => value) : [];
    return scaleOf([...values, ...marks], widget.axes[side]);
  };
  const scales = { left: scaleFor("left"), right: scaleFor("right") };
  drawAxis(canvas, field, scales.left, widget.axes.left, "left");
  if (hasRight) drawAxis(canvas, field, scales.right, widget.axes.right, "right");
  drawTimes(canvas, field, widget);
  const xOf = (at: number): number =>
    field.left + ((at - widget.start) / (widget.end - widget.start)) * (field.right - field.left);
  for (const [index, one] of drawn.entries()) {
    const { low, high = new Map<number, number>() } = stacks[index] ?? {};
    const yOf = (value: number): number => yIn(field, scales[one.axis], value);
    drawLine(canvas, { points: high, low, xOf, yOf, gap: one.series.periodSeconds, colour: colourOf(one, index) });
  }
  for (const { value, label, colour = MARK } of widget.horizontal) {
    const y = yIn(field, scales.left, value);
    canvas.line(field.left, y, field.right, y, colour, { dash: 4 });
    canvas.text(field.right - textWidth(label) - 4, y - LETTERS - 3, label, colour);
  }
  for (const { at, label, colour = MARK } of widget.vertical) {
    canvas.line(xOf(at), field.top, xOf(at), field.bottom, colour, { dash: 4 });
    canvas.text(xOf(at) + 4, field.top + 2, label, colour);
  }
  drawLegend(canvas, rows, field.bottom + 26);
}

function yIn({ top, bottom }: Field, { min, max }: Scale, value: number): number {
  return bottom - ((value - min) / (max - min)) * (bottom - top);
}

interface Path {
  readonly points: ReadonlyMap<number, number>;
  /** What it stands on; filled down to it. */
  readonly low: ReadonlyMap<number, number> | undefined;
  readonly xOf: (at: number) => number;
  readonly yOf: (value: number) => number;
  /** Seconds: points further apart are not joined. */
  readonly gap: number;
  readonly colour: Colour;
}

function drawLine(canvas: Canvas, { points, low, xOf, yOf, gap, colour }: Path): void {
  let before: readonly [at: number, value: number] | undefined;
  for (const [at, value] of points) {
    const [x, y] = [xOf(at), yOf(value)];
    if (before === undefined || at - before[0] > gap * 1.5) canvas.fill(x - 1, y - 1, 3, 3, colour);
    else {
      const [fromX, fromY] = [xOf(before[0]), yOf(before[1])];
      if (low !== undefined) {
        const [baseFrom, baseTo] = [yOf(low.get(before[0]) ?? 0), yOf(low.get(at) ?? 0)];
        for (let column = Math.ceil(fromX); column < x; column++) {
          const share = (column - fromX) / (x - fromX);
          const [high, base] = [fromY + (y - fromY) * share, baseFrom + (baseTo - baseFrom) * share];
          canvas.fill(column, high, 1, base - high, colour, 0.35);
        }
      }
      canvas.line(fromX, fromY, x, y, colour, { thick: 2 });
    }
    before = [at, value];
  }
}

/** Each series on top of the ones before; where one has no point it adds nothing. */
function stacked(drawn: readonly Drawn[]): { low: ReadonlyMap<number, number>; high: ReadonlyMap<number, number> }[] {
  const sums = { left: new Map<number, number>(), right: new Map<number, number>() };
  return drawn.map(({ series, axis }) => {
    const sum = sums[axis];
    const low = new Map(sum);
    const high = new Map<number, number>();
    for (const [at, value] of series.points) {
      const total = (sum.get(at) ?? 0) + value;
      sum.set(at, total);
      high.set(at, total);
    }
    return { low, high };
  });
}

function drawAxis(canvas: Canvas, field: Field, scale: Scale, axis: Axis, side: "left" | "right"): void {
  for (const tick of scale.ticks) {
    const y = yIn(field, scale, tick);
    const text = tickText(tick);
    if (side === "left") canvas.line(field.left, y, field.right, y, GRID);
    const x = side === "left" ? field.left - 6 - textWidth(text) : field.right + 6;
    canvas.text(x, y - 3, text, INK);
  }
  const x = side === "left" ? 4 : field.right - textWidth(axis.label);
  canvas.text(x, field.top - 11, axis.label, INK);
}

function drawTimes(canvas: Canvas, field: Field, { start, end }: Widget): void {
  canvas.line(field.left, field.bottom, field.right, field.bottom, INK);
  for (const at of timeTicks(start, end)) {
    const x = field.left + ((at - start) / (end - start)) * (field.right - field.left);
    const text = timeText(at, end - start);
    canvas.line(x, field.bottom, x, field.bottom + 4, INK);
    canvas.text(Math.max(0, x - textWidth(text) / 2), field.bottom + 9, text, INK);
  }
}

interface Entry {
  readonly label: string;
  readonly colour: Colour;
  readonly x: number;
}

/** As many labels in a row as there is room for. */
function legendRows(drawn: readonly Drawn[], width: number): Entry[][] {
  const rows: Entry[][] = [];
  let x = Infinity;
  for (const [index, one] of drawn.entries()) {
    const needed = textWidth(one.label) + 28;
    if (x + needed > width) {
      rows.push([]);
      x = 14;
    }
    rows.at(-1)?.push({ label: one.label, colour: colourOf(one, index), x });
    x += needed;
  }
  return rows;
}

function drawLegend(canvas: Canvas, rows: readonly (readonly Entry[])[], top: number): void {
  for (const [row, entries] of rows.entries()) {
    for (const { label, colour, x } of entries) {
      canvas.fill(x, top + row * LEGEND_LINE, 8, 8, colour);
      canvas.text(x + 12, top + row * LEGEND_LINE, label, INK);
    }
  }
}

function drawValues(canvas: Canvas, drawn: readonly Drawn[]): void {
  const width = canvas.width / Math.max(1, drawn.length);
  for (const [index, one] of drawn.entries()) {
    const last = [...one.series.points.values()].at(-1);
    const text = last === undefined ? "--" : tickText(last);
    const middle = width * (index + 0.5);
    const size = Math.max(1, Math.min(6, Math.floor((width - 20) / textWidth(text))));
    canvas.text(middle - textWidth(text, size) / 2, canvas.height / 2 - (LETTERS * size) / 2, text, INK, size);
    const x = middle - (textWidth(one.label) + 12) / 2;
    canvas.fill(x, canvas.height / 2 + 4 * size + 10, 8, 8, colourOf(one, index));
    canvas.text(x + 12, canvas.height / 2 + 4 * size + 10, one.label, INK);
  }
}
