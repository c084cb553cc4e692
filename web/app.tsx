import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { createBrowserRouter, Navigate, RouterProvider } from 'react-router';
import { whenSignedOut } from './data/client.ts';
import { goLive } from './data/live.ts';
import { useSession } from './data/queries.ts';
import { queryClient } from './data/query-client.ts';
import { ErrorPage } from './shell/error-page.tsx';
import { Shell } from './shell/shell.tsx';
import { resolveVariables, theme } from './theme/theme.ts';
import { Toasts } from './ui/toasts.tsx';

const SignIn = lazy(() => import('./sign-in/page.tsx'));

/** Whoever is not signed in sees the door; everybody else the pages, with the stream of changes open before the first of them reads anything. */
function Root() {
  const session = useSession();
  const signedIn = session.data?.signedIn === true;
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (!signedIn) return;
    const stop = goLive();
    setLive(true);
    return () => {
      stop();
      setLive(false);
    };
  }, [signedIn]);
  useEffect(() => whenSignedOut(() => void queryClient.invalidateQueries({ queryKey: ['session'] })), []);
  if (session.isPending) return null;
  if (session.isError && session.data === undefined) return <ErrorPage error={session.error} />;
  if (!signedIn)
    return (
      <Suspense>
        <SignIn />
      </Suspense>
    );
  return live ? <Shell /> : null;
}

const router = createBrowserRouter([
  {
    path: '/',
    Component: Root,
    ErrorBoundary: ErrorPage,
    HydrateFallback: () => null,
    children: [
      { index: true, element: <Navigate to="/inbox" replace /> },
      {
        ErrorBoundary: ErrorPage,
        children: [
          { path: 'inbox/:number?', lazy: async () => ({ Component: (await import('./inbox/page.tsx')).default }) },
          { path: 'leads', lazy: async () => ({ Component: (await import('./leads/page.tsx')).default }) },
          { path: 'leads/:id', lazy: async () => ({ Component: (await import('./lead/page.tsx')).default }) },
          { path: 'team/:id?', lazy: async () => ({ Component: (await import('./internal/page.tsx')).default }) },
          { path: 'customers', lazy: async () => ({ Component: (await import('./customer/list-page.tsx')).default }) },
          { path: 'customers/:id', lazy: async () => ({ Component: (await import('./customer/page.tsx')).default }) },
          { path: 'bots', lazy: async () => ({ Component: (await import('./bots/page.tsx')).default }) },
          { path: 'bots/:id/:tab?', lazy: async () => ({ Component: (await import('./bots/bot-page.tsx')).default }) },
          { path: 'analytics/events', lazy: async () => ({ Component: (await import('./analytics/events.tsx')).default }) },
          { path: 'analytics/:report?', lazy: async () => ({ Component: (await import('./analytics/page.tsx')).default }) },
          { path: 'settings/:section?', lazy: async () => ({ Component: (await import('./settings/page.tsx')).default }) },
          { path: '*', Component: ErrorPage },
        ],
      },
    ],
  },
]);

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
        <RouterProvider router={router} />
        <Toasts />
      </MantineProvider>
    </QueryClientProvider>
  );
}
