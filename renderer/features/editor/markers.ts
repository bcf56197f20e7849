import type { Problem } from '../../../main/contract/index.ts';

/** A problem as Monaco underlines it; those without a place belong to the first line. */
export interface Marker {
  severity: number;
  code: string;
  message: string;
  startLineNumber: number;
  startColumn: number;
  endLineNumber: number;
  endColumn: number;
}

/** `severities` are Monaco's numbers. */
export function toMarker(
  { severity, code, message, hint, range }: Problem,
  severities: Record<Problem['severity'], number>,
): Marker {
  const place = range ?? { line: 1, column: 1, endLine: 1, endColumn: 2 };
  return {
    severity: severities[severity],
    code,
    message: hint ? `${message}\n${hint}` : message,
    startLineNumber: place.line,
    startColumn: place.column,
    endLineNumber: place.endLine,
    endColumn: place.endColumn,
  };
}
