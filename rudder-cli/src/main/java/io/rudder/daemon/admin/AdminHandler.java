package io.rudder.daemon.admin;

import static io.netty.handler.codec.http.HttpHeaderNames.ALLOW;
import static io.netty.handler.codec.http.HttpHeaderNames.CACHE_CONTROL;
import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_SECURITY_POLICY;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderValues.CLOSE;
import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.METHOD_NOT_ALLOWED;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers GET and HEAD, last in the pipeline of one connection. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminPages pages;

    AdminHandler(AdminPages pages) {
        this.pages = pages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (!context.channel().isWritable()) {
            // It asks on without reading the answers, which must not pile up.
            context.close();
            return;
        }
        context.writeAndFlush(response(reply(request)));
    }

    private Reply reply(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return Reply.text(BAD_REQUEST, "this is not a request that HTTP allows");
        }
        if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
            return Reply.text(METHOD_NOT_ALLOWED, "only GET and HEAD");
        }
        try {
            return pages.get(path(request.uri()));
        } catch (RuntimeException e) {
            log.error("cannot answer {}", path(request.uri()), e);
            return Reply.text(INTERNAL_SERVER_ERROR, "the daemon failed to answer; its log says why");
        }
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static FullHttpResponse response(Reply reply) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, reply.status(), Unpooled.wrappedBuffer(reply.body()));
        response.headers()
                .set(CONTENT_TYPE, reply.contentType())
                .set(CONTENT_LENGTH, reply.body().length)
                .set(CACHE_CONTROL, "no-store")
                .set(CONTENT_SECURITY_POLICY, reply.contentSecurityPolicy())
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "no-referrer");
        if (reply.status().equals(BAD_REQUEST)) {
            // Where the next request would begin is not known.
            response.headers().set(CONNECTION, CLOSE);
        }
        if (reply.status().equals(METHOD_NOT_ALLOWED)) {
            response.headers().set(ALLOW, "GET, HEAD");
        }
        return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.debug("connection of {}: {}", context.channel().remoteAddress(), cause.toString());
        context.close();
    }
}
