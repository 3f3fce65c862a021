/** What a running daemon tells over HTTP: health, metrics, status and a page for people. On a thread of its own. */
package io.rudder.daemon.admin;
