import { BarChart, LineChart } from '@mantine/charts';
import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Skeleton } from '../ui/bits.tsx';
import pageCss from '../ui/page.module.css';
import { Repeat } from '../ui/repeat.tsx';
import css from './analytics.module.css';
import { durationAxis } from './duration-axis.ts';

export const CHART_PX = 220;

export interface Series {
  name: string;
  label: string;
  color: string;
}
export interface Row {
  /** What the point is called on its axis. */
  label: string;
  /** The list behind the point. */
  to: string;
  /** The lists behind its single bars by the names of their series, where each has one of its own. */
  bars?: Record<string, string>;
  values: Record<string, number | null>;
}

interface ChartProps {
  title: string;
  /** One sentence: what the chart says. */
  says: string;
  kind: 'bars' | 'stacked' | 'lines';
  series: Series[];
  rows: Row[];
  format: (value: number) => string;
  /** Values are ms: the axis counts in round minutes or hours instead of round milliseconds. */
  durations?: boolean;
  /** The ends of the axis, where the values have natural ones. */
  ends?: [number, number];
  /** Colour of single bars, where they differ. */
  colorOf?: (row: Row) => string;
  children?: ReactNode;
}

/**
 * A chart with its sentence. Points are links; the numbers stand below as a table with the same links, for keyboards, screen readers and those who want to
 * read a number.
 */
export function Chart({ title, says, kind, series, rows, format, durations = false, ends, colorOf, children }: ChartProps) {
  const navigate = useNavigate();
  const data = rows.map((row) => ({ label: row.label, ...row.values, ...(colorOf === undefined ? {} : { color: colorOf(row) }) }));
  const open = ({ activeTooltipIndex }: { activeTooltipIndex?: unknown }) => {
    const row = rows[Number(activeTooltipIndex)];
    if (row !== undefined) void navigate(row.to);
  };
  /** A single bar: the click must not open the list of its whole point as well. */
  const openBar = (name: string) => (_: unknown, index: number, event: MouseEvent) => {
    const to = rows[index]?.bars?.[name];
    if (to === undefined) return;
    event.stopPropagation();
    void navigate(to);
  };
  const shared = {
    h: CHART_PX,
    data,
    dataKey: 'label',
    series: series.map(({ name, label, color }) => ({ name, label, color })),
    valueFormatter: format,
    gridProps: { strokeDasharray: undefined },
    tickLine: 'none' as const,
    strokeDasharray: '0',
    yAxisProps: {
      width: 72,
      tickMargin: 4,
      allowDecimals: false,
      ...(durations ? durationAxis(rows.flatMap(({ values }) => Object.values(values))) : {}),
      ...(ends === undefined ? {} : { domain: ends }),
    },
    xAxisProps: { interval: 'equidistantPreserveStart' as const, minTickGap: 8 },
  };
  return (
    <Section title={title} says={says}>
      {series.length > 1 && (
        <ul className={css.legend} aria-hidden="true">
          {series.map(({ name, label, color }) => (
            <li key={name}>
              <span style={{ background: color }} />
              {label}
            </li>
          ))}
        </ul>
      )}
      <div className={css.chart} aria-hidden="true">
        {kind === 'lines' ? (
          <LineChart
            {...shared}
            curveType="linear"
            connectNulls={false}
            withDots={rows.length <= 31}
            dotProps={{ r: 3 }}
            lineProps={{ isAnimationActive: false }}
            lineChartProps={{ onClick: open, accessibilityLayer: false }}
          />
        ) : (
          <BarChart
            {...shared}
            type={kind === 'stacked' ? 'stacked' : 'default'}
            barProps={({ name }) => ({
              isAnimationActive: false,
              radius: kind === 'stacked' ? 0 : 3,
              maxBarSize: 36,
              onClick: openBar(name),
            })}
            barChartProps={{ onClick: open, accessibilityLayer: false }}
          />
        )}
      </div>
      <Numbers title={title} series={series} rows={rows} format={format} />
      {children}
    </Section>
  );
}

/** A card with a heading and a sentence. */
export function Section({ title, says, children }: { title: string; says?: string | undefined; children: ReactNode }) {
  return (
    <section className={`${pageCss.card} ${css.card}`}>
      <div>
        <h2>{title}</h2>
        {says !== undefined && <p className={css.says}>{says}</p>}
      </div>
      {children}
    </section>
  );
}

function Numbers({ title, series, rows, format }: Pick<ChartProps, 'title' | 'series' | 'rows' | 'format'>) {
  const { t } = useTranslation();
  return (
    <details className={css.numbers}>
      <summary>
        {t('analytics.numbers')}
        <span className="visually-hidden">: {title}</span>
      </summary>
      <div className={css.tableBox}>
        <table className={pageCss.table}>
          <caption className="visually-hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t('analytics.point')}</th>
              {series.map(({ name, label }) => (
                <th key={name} scope="col" data-number>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.to + row.label}>
                <td>
                  <Link to={row.to}>{row.label}</Link>
                </td>
                {series.map(({ name }) => {
                  const value = row.values[name];
                  const to = row.bars?.[name];
                  const text = value === null || value === undefined ? '—' : format(value);
                  return (
                    <td key={name} data-number>
                      {to === undefined ? text : <Link to={to}>{text}</Link>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Grey stand-ins of the size of what comes. */
export function ChartsPending({ count }: { count: number }) {
  return (
    <Repeat times={count}>
      <div className={`${pageCss.card} ${css.card}`} aria-hidden="true">
        <Skeleton width="40%" height={18} />
        <Skeleton width="75%" height={14} />
        <Skeleton height={CHART_PX} />
        <Skeleton width="20%" height={14} />
      </div>
    </Repeat>
  );
}
