// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/sse_parser.h"

#include <QTest>

using namespace loquat;

namespace {

/// Events written as "event|data|id".
QByteArrayList parse(SseParser &parser, const QByteArrayList &pieces)
{
    QByteArrayList events;
    for (const auto &piece : pieces)
        (void)parser.feed(piece, [&events](const SseEvent &event) {
            events.append(event.event.toByteArray() + '|' + event.data.toByteArray() + '|' +
                          event.id.toByteArray());
        });
    return events;
}

QByteArrayList parse(const QByteArrayList &pieces)
{
    SseParser parser;
    return parse(parser, pieces);
}

} // namespace

/// Protects the reading of event streams: the same events however the network cuts the bytes.
class TestSseParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void events_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QByteArrayList>("events");
        QTest::newRow("LF") << QByteArray("data: a\n\ndata: b\n\n") << QByteArrayList{"|a|", "|b|"};
        QTest::newRow("CRLF") << QByteArray("data: a\r\n\r\ndata: b\r\n\r\n") << QByteArrayList{"|a|", "|b|"};
        QTest::newRow("CR") << QByteArray("data: a\r\rdata: b\r\r") << QByteArrayList{"|a|", "|b|"};
        QTest::newRow("mixed") << QByteArray("data: a\r\n\rdata: b\n\r\n") << QByteArrayList{"|a|", "|b|"};
        QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF"
                                                       "data: a\n\n")
                                         << QByteArrayList{"|a|"};
        QTest::newRow("multi-line data")
            << QByteArray("data: a\ndata:\ndata: b\n\n") << QByteArrayList{"|a\n\nb|"};
        QTest::newRow("multi-line data, CRLF")
            << QByteArray("event: x\r\ndata: a\r\ndata: b\r\n\r\n") << QByteArrayList{"x|a\nb|"};
        QTest::newRow("comments") << QByteArray(": hi\n\n:\ndata: a\n: hi\n\n") << QByteArrayList{"|a|"};
        QTest::newRow("name and id") << QByteArray("id: 7\nevent: ping\ndata: a\n\ndata: b\n\n")
                                     << QByteArrayList{"ping|a|7", "|b|7"};
        QTest::newRow("one space only")
            << QByteArray("data:  a\n\ndata:b\n\n") << QByteArrayList{"| a|", "|b|"};
        QTest::newRow("no data, no event") << QByteArray("event: x\n\ndata: a\n\n") << QByteArrayList{"|a|"};
        QTest::newRow("unknown fields")
            << QByteArray("retry: 5\nrubbish\ndata: a\n\n") << QByteArrayList{"|a|"};
        QTest::newRow("UTF-8") << QByteArray("data: h\u00e9 \U0001F30D\n\n")
                               << QByteArrayList{"|h\u00e9 \U0001F30D|"};
        QTest::newRow("cut off") << QByteArray("data: a\n\ndata: b\n") << QByteArrayList{"|a|"};
        QTest::newRow("empty data") << QByteArray("data\n\n") << QByteArrayList{"||"};
    }

    void events()
    {
        QFETCH(QByteArray, stream);
        QFETCH(QByteArrayList, events);
        QCOMPARE(parse({stream}), events);
        for (qsizetype cut = 0; cut <= stream.size(); ++cut)
            QCOMPARE(parse({stream.first(cut), stream.sliced(cut)}), events);
        QByteArrayList single;
        for (const char c : stream)
            single.append(QByteArray(1, c));
        QCOMPARE(parse(single), events);
    }

    void anEndlessEventIsAnErrorNotAnAppetite_data()
    {
        QTest::addColumn<QByteArray>("piece");
        QTest::newRow("one line") << QByteArray("xxxxxxxxxx");
        QTest::newRow("many lines") << QByteArray("data: xxxx\n");
    }

    void anEndlessEventIsAnErrorNotAnAppetite()
    {
        QFETCH(QByteArray, piece);
        SseParser parser(100);
        int fed = 0;
        while (fed < 1000 && parser.feed(piece, [](const SseEvent &) {}))
            ++fed;
        QVERIFY(fed < 40);
        QVERIFY(
            !parser.feed("\n\ndata: a\n\n", [](const SseEvent &) { QFAIL("it goes on after an error"); }));
    }

    void eventsBeforeTheEndlessOneArrive()
    {
        SseParser parser(20);
        const auto events = parse(parser, {"data: a\n\ndata: " + QByteArray(30, 'x')});
        QCOMPARE(events, QByteArrayList{"|a|"});
    }

    void manySmallEventsAreNoLongEvent()
    {
        SseParser parser(20);
        QCOMPARE(parse(parser, QByteArrayList(100, "data: abc\n\n")).size(), 100);
    }
};

QTEST_APPLESS_MAIN(TestSseParser)
#include "tst_sse_parser.moc"
