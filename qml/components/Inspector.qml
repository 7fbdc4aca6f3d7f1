// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// The numbers of the newest turn, and the facts of the session.
Rectangle {
    id: panel

    required property InspectorModel inspector

    color: Theme.panel

    Flickable {
        ScrollBar.vertical: ScrollBar {}
        anchors.fill: parent
        boundsBehavior: Flickable.StopAtBounds
        clip: true
        contentHeight: column.height + 32

        ColumnLayout {
            id: column

            spacing: 0
            width: parent.width - 32
            x: 16
            y: 16

            SectionTitle { text: qsTr("This turn") }

            GridLayout {
                Layout.topMargin: 8
                columnSpacing: 8
                columns: 2
                rowSpacing: 12

                Figure {
                    Layout.fillWidth: true
                    label: qsTr("first token")
                    value: panel.inspector.firstToken
                }

                Figure {
                    Layout.fillWidth: true
                    label: qsTr("rate")
                    value: panel.inspector.rate
                }

                Figure {
                    Layout.fillWidth: true
                    label: panel.inspector.tokensLabel
                    value: panel.inspector.tokens
                }

                Figure {
                    Layout.fillWidth: true
                    label: qsTr("cost so far")
                    value: panel.inspector.cost
                }
            }

            SectionTitle {
                Layout.topMargin: 20
                text: qsTr("Timeline")
            }

            Timeline {
                Layout.fillWidth: true
                Layout.topMargin: 8
                timeline: panel.inspector.timeline
            }

            SectionTitle {
                Layout.topMargin: 18
                text: qsTr("Tokens per second")
            }

            RateChart {
                Layout.fillWidth: true
                Layout.topMargin: 8
                values: panel.inspector.rateHistory
            }

            SectionTitle {
                Layout.bottomMargin: 6
                Layout.topMargin: 20
                text: qsTr("Session")
            }

            Fact { name: qsTr("User"); value: panel.inspector.user }
            Fact { name: qsTr("Started"); value: panel.inspector.started }
            Fact { name: qsTr("Turns"); value: panel.inspector.turns }
            Fact { name: qsTr("Tool calls"); value: panel.inspector.toolCalls }
            Fact { name: qsTr("Tokens"); value: panel.inspector.sessionTokens }
            Fact { name: qsTr("Protocol"); value: panel.inspector.protocol; verbatim: true }
            Fact { name: qsTr("Node"); value: panel.inspector.node }

            SectionTitle {
                Layout.topMargin: 16
                text: qsTr("Summary")
            }

            SelectableText {
                Layout.fillWidth: true
                Layout.topMargin: 6
                color: Theme.dim
                text: panel.inspector.summary.length > 0 ? panel.inspector.summary : qsTr("Written when the session ends.")
            }
        }
    }

    Rectangle {
        color: Theme.line
        height: parent.height
        width: 1
    }
}
