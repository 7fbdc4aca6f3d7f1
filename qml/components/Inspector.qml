// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat
import Loquat.Models

/// The numbers of the newest turn, and the facts of the session.
Rectangle {
    id: panel

    required property InspectorModel inspector
    property bool live: true ///< the conversation may go on

    color: Theme.panel

    Flickable {
        ScrollBar.vertical: ScrollBar {}
        anchors.fill: parent
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        contentHeight: column.height + 32

        Column {
            id: column

            spacing: 8
            width: panel.width - 32
            x: 16
            y: 16

            SectionTitle { text: panel.live ? qsTr("This turn") : qsTr("Last turn") }

            Grid {
                columns: 2
                rowSpacing: 12
                bottomPadding: 12

                Figure {
                    label: qsTr("first token")
                    value: panel.inspector.firstToken
                    width: column.width / 2
                }

                Figure {
                    label: qsTr("rate")
                    value: panel.inspector.rate
                    width: column.width / 2
                }

                Figure {
                    label: panel.inspector.tokensLabel
                    value: panel.inspector.tokens
                    width: column.width / 2
                }

                Figure {
                    label: qsTr("cost so far")
                    value: panel.inspector.cost
                    width: column.width / 2
                }
            }

            SectionTitle { text: qsTr("Timeline") }

            Timeline {
                bottomPadding: 12
                timeline: panel.inspector.timeline
                width: parent.width
            }

            SectionTitle {
                text: qsTr("Tokens per second")
                visible: panel.live
            }

            RateChart {
                visible: panel.live
                values: panel.inspector.rateHistory
                width: parent.width
            }

            SectionTitle {
                text: qsTr("Session")
                topPadding: 12
            }

            Fact { name: qsTr("User"); value: panel.inspector.user }
            Fact { name: qsTr("Started"); value: panel.inspector.started }
            Fact { name: qsTr("Turns"); value: panel.inspector.turns }
            Fact { name: qsTr("Tool calls"); value: panel.inspector.toolCalls }
            Fact { name: qsTr("Tokens"); value: panel.inspector.sessionTokens }
            Fact { name: qsTr("Protocol"); value: panel.inspector.protocol; verbatim: true }
            Fact { name: qsTr("Node"); value: panel.inspector.node }

            SectionTitle {
                text: qsTr("Summary")
                topPadding: 12
            }

            SummaryCard {
                inspector: panel.inspector
                width: parent.width
            }
        }
    }

    Rectangle {
        color: Theme.line
        height: parent.height
        width: 1
    }
}
