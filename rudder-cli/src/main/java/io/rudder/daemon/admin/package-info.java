/** What a running daemon tells over HTTP: health, metrics, status and a page for people. On the loop that serves operators. */
package io.rudder.daemon.admin;
