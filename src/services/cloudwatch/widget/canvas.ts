/** A picture of coloured dots, and what is drawn on it. */
import { GLYPH_HEIGHT, GLYPH_WIDTH, hasDot } from "./font.ts";

/** Red, green, blue: 0 to 255. */
export type Colour = readonly [number, number, number];

/** `#1f77b4` or `#17b`; undefined for what is neither. */
export function readColour(text: string): Colour | undefined {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const wide = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const part = (index: number): number => Number.parseInt(wide.slice(index * 2, index * 2 + 2), 16);
  return [part(0), part(1), part(2)];
}

/** How far letters stand apart, in dots. */
const STEP = GLYPH_WIDTH + 1;

export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Three bytes a dot, line by line. */
  readonly dots: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.dots = new Uint8Array(width * height * 3).fill(255);
  }

  /** `cover` from 0 (nothing) to 1. */
  dot(x: number, y: number, colour: Colour, cover = 1): void {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return;
    const at = (row * this.width + column) * 3;
    for (const [index, part] of colour.entries()) {
      const below = this.dots[at + index] ?? 255;
      this.dots[at + index] = Math.round(below + (part - below) * cover);
    }
  }

  fill(x: number, y: number, width: number, height: number, colour: Colour, cover = 1): void {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) this.dot(x + column, y + row, colour, cover);
    }
  }

  /** `dash` in dots: 0 draws through. */
  line(fromX: number, fromY: number, toX: number, toY: number, colour: Colour, { thick = 1, dash = 0 } = {}): void {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY))));
    const isSteep = Math.abs(toY - fromY) > Math.abs(toX - fromX);
    for (let step = 0; step <= steps; step++) {
      if (dash > 0 && Math.floor(step / dash) % 2 === 1) continue;
      const x = fromX + ((toX - fromX) * step) / steps;
      const y = fromY + ((toY - fromY) * step) / steps;
      for (let beside = 0; beside < thick; beside++) {
        this.dot(isSteep ? x + beside : x, isSteep ? y : y + beside, colour);
      }
    }
  }

  /** Its upper left corner is at `x`, `y`. */
  text(x: number, y: number, text: string, colour: Colour, size = 1): void {
    for (const [index, character] of Array.from(text).entries()) {
      for (let column = 0; column < GLYPH_WIDTH; column++) {
        for (let row = 0; row < GLYPH_HEIGHT; row++) {
          if (!hasDot(character, column, row)) continue;
          this.fill(x + (index * STEP + column) * size, y + row * size, size, size, colour);
        }
      }
    }
  }
}

/** In dots. */
export function textWidth(text: string, size = 1): number {
  return Array.from(text).length * STEP * size;
}
