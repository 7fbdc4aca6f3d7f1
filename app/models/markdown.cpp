// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace loquat::markdown {
namespace {

using namespace Qt::StringLiterals;

// Deeper nesting than any person writes; Qt's rich text would spend seconds on it.
constexpr int maxDepth = 64;
constexpr int options = CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_TABLE_PREFER_STYLE_ATTRIBUTES;

struct Freer
{
    void operator()(cmark_node *node) const { cmark_node_free(node); }
    void operator()(cmark_parser *parser) const { cmark_parser_free(parser); }
    void operator()(cmark_iter *iter) const { cmark_iter_free(iter); }
    void operator()(char *text) const { std::free(text); }
};
template <typename T> using Owned = std::unique_ptr<T, Freer>;

struct Document
{
    Owned<cmark_parser> parser; ///< owns the extensions that rendering needs
    Owned<cmark_node> root;
};

Document parse(const QByteArray &source)
{
    cmark_gfm_core_extensions_ensure_registered();
    Document document{Owned<cmark_parser>(cmark_parser_new(options)), nullptr};
    for (const char *name : {"table", "strikethrough", "autolink"})
        if (auto *extension = cmark_find_syntax_extension(name))
            cmark_parser_attach_syntax_extension(document.parser.get(), extension);
    cmark_parser_feed(document.parser.get(), source.constData(), size_t(source.size()));
    document.root.reset(cmark_parser_finish(document.parser.get()));
    return document;
}

bool allowed(const char *url)
{
    const QByteArray lower = QByteArray(url).toLower();
    return lower.startsWith("http://") || lower.startsWith("https://") || lower.startsWith("mailto:");
}

void unwrap(cmark_node *node)
{
    while (auto *child = cmark_node_first_child(node))
        cmark_node_insert_before(node, child);
    cmark_node_free(node);
}

bool insideLink(cmark_node *node)
{
    for (auto *parent = cmark_node_parent(node); parent; parent = cmark_node_parent(parent))
        if (cmark_node_get_type(parent) == CMARK_NODE_LINK)
            return true;
    return false;
}

void imageToLink(cmark_node *image)
{
    if (!cmark_node_first_child(image)) {
        auto *word = cmark_node_new(CMARK_NODE_TEXT);
        cmark_node_set_literal(word, "image");
        cmark_node_append_child(image, word);
    }
    const char *url = cmark_node_get_url(image);
    if (!allowed(url) || insideLink(image))
        return unwrap(image);
    auto *link = cmark_node_new(CMARK_NODE_LINK);
    cmark_node_set_url(link, url);
    cmark_node_insert_before(image, link);
    while (auto *child = cmark_node_first_child(image))
        cmark_node_append_child(link, child);
    cmark_node_free(image);
}

void htmlToText(cmark_node *html, bool block)
{
    auto *text = cmark_node_new(CMARK_NODE_TEXT);
    cmark_node_set_literal(text, cmark_node_get_literal(html));
    auto *shown = text;
    if (block) {
        shown = cmark_node_new(CMARK_NODE_PARAGRAPH);
        cmark_node_append_child(shown, text);
    }
    cmark_node_insert_before(html, shown);
    cmark_node_free(html);
}

/// Makes the tree safe to show; false when it is nested too deeply for that.
bool tame(cmark_node *root)
{
    std::vector<cmark_node *> suspects;
    const Owned<cmark_iter> iter(cmark_iter_new(root));
    int depth = 0;
    for (auto event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iter.get())) {
        auto *node = cmark_iter_get_node(iter.get());
        const auto type = cmark_node_get_type(node);
        const bool leaf = type == CMARK_NODE_TEXT || type == CMARK_NODE_SOFTBREAK ||
                          type == CMARK_NODE_LINEBREAK || type == CMARK_NODE_CODE ||
                          type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE ||
                          type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_THEMATIC_BREAK;
        if (!leaf)
            depth += event == CMARK_EVENT_ENTER ? 1 : -1;
        if (depth > maxDepth)
            return false;
        // On the way out, so that what is inside an image or a link is tamed before it moves.
        const bool suspect = type == CMARK_NODE_IMAGE || type == CMARK_NODE_LINK ||
                             type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE;
        if (suspect && (leaf || event == CMARK_EVENT_EXIT))
            suspects.push_back(node);
    }
    for (auto *node : suspects) {
        const auto type = cmark_node_get_type(node);
        if (type == CMARK_NODE_IMAGE)
            imageToLink(node);
        else if (type == CMARK_NODE_LINK) {
            if (!allowed(cmark_node_get_url(node)))
                unwrap(node);
        } else {
            htmlToText(node, type == CMARK_NODE_HTML_BLOCK);
        }
    }
    return true;
}

qsizetype startOfLine(const QByteArray &source, int line)
{
    qsizetype at = 0;
    for (; line > 1; --line)
        at = source.indexOf('\n', at) + 1;
    return at;
}

} // namespace

Boundary lastBoundary(const QByteArray &source)
{
    const Document document = parse(source);
    auto *last = cmark_node_last_child(document.root.get());
    if (!last)
        return {};
    const int line = cmark_node_get_start_line(last);
    const qsizetype start = startOfLine(source, line);
    bool openFence = false;
    if (cmark_node_get_type(last) == CMARK_NODE_CODE_BLOCK) {
        // The tree does not say whether the closing fence has come; a line of text after it would.
        const Document probe = parse(source + "x\n");
        auto *after = cmark_node_last_child(probe.root.get());
        openFence =
            cmark_node_get_type(after) == CMARK_NODE_CODE_BLOCK && cmark_node_get_start_line(after) == line;
    }
    const auto type = cmark_node_get_type(last);
    const bool endsAtBlank =
        type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING || type == CMARK_NODE_THEMATIC_BREAK;
    return {cmark_node_previous(last) ? start : 0, openFence, endsAtBlank};
}

Block render(const QByteArray &source)
{
    const Document document = parse(source);
    auto *only = cmark_node_first_child(document.root.get());
    if (only && !cmark_node_next(only) && cmark_node_get_type(only) == CMARK_NODE_CODE_BLOCK) {
        QString code = QString::fromUtf8(cmark_node_get_literal(only));
        if (code.endsWith(u'\n'))
            code.chop(1);
        const QString info = QString::fromUtf8(cmark_node_get_fence_info(only));
        return {true, code, info.section(u' ', 0, 0)};
    }
    if (!tame(document.root.get()))
        return {true, QString::fromUtf8(source), {}};
    const Owned<char> html(cmark_render_html(document.root.get(), options,
                                             cmark_parser_get_syntax_extensions(document.parser.get())));
    // Qt draws a table's lines only when it has the attribute. What a reply calls <table> is escaped by now.
    QString text = QString::fromUtf8(html.get()).trimmed();
    text.replace(u"<table>"_s, u"<table border=\"1\" cellspacing=\"0\" cellpadding=\"5\">"_s);
    // It does not know the first, and makes headings larger than the style says.
    text.replace(u"<del>"_s, u"<s>"_s).replace(u"</del>"_s, u"</s>"_s);
    for (const QChar level : u"123456"_s) {
        text.replace(u"<h%1>"_s.arg(level), u"<p class=\"h%1\">"_s.arg(level));
        text.replace(u"</h%1>"_s.arg(level), u"</p>"_s);
    }
    return {false, text, {}};
}

} // namespace loquat::markdown
