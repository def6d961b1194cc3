// Runs a real nginx in front of the server, if it is installed, configured as the documentation
// describes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

const program = process.env.NGINX ?? '/usr/sbin/nginx';

export function isNginxInstalled(): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const configuration = (folder: string, port: number, location: string, upstream: string) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    location ${location} {
      proxy_pass ${upstream};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_read_timeout 1h;
    }
  }
}
`;

/** Starts an nginx that serves `upstream` below `location`; returns a function that stops it. */
export async function startNginx(folder: string, location: string, upstream: string) {
  const port = await freePort();
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, port, location, upstream));
  const child = spawn(program, ['-c', file, '-p', folder], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  const address = `http://127.0.0.1:${port}${location}`;
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    if (await fetch(address).catch(() => null)) return { address, stop };
    await new Promise((wait) => setTimeout(wait, 50));
  }
  await stop();
  throw new Error(`nginx does not answer: ${folder}/nginx.log says why`);
}
