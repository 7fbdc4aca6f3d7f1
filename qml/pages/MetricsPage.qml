// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Loquat
import Loquat.Models

/// How the backend is doing, and has been since the console looks.
Item {
    id: page

    required property MetricsModel metrics
    required property StatusModel status

    ScrollView {
        id: scroll

        Accessible.name: qsTr("Metrics")
        Keys.onDownPressed: ScrollBar.vertical.increase()
        Keys.onUpPressed: ScrollBar.vertical.decrease()
        activeFocusOnTab: true
        anchors.fill: parent
        contentWidth: availableWidth
        visible: !page.metrics.empty

        ColumnLayout {
            spacing: 14
            width: scroll.availableWidth

            RowLayout {
                Layout.leftMargin: 32
                Layout.rightMargin: 32
                Layout.topMargin: 28
                spacing: 9

                BodyText {
                    Accessible.name: text
                    Accessible.role: Accessible.Heading
                    font.pixelSize: Theme.title
                    font.weight: Font.DemiBold
                    text: qsTr("Metrics")
                }

                BodyText {
                    Layout.fillWidth: true
                    dimmed: true
                    text: page.metrics.span
                }
            }

            GridLayout {
                id: grid

                Layout.fillWidth: true
                Layout.leftMargin: 32
                Layout.maximumWidth: 1184
                Layout.rightMargin: 32
                columnSpacing: 12
                columns: Math.max(1, Math.floor(width / 340))
                rowSpacing: 12

                Repeater {
                    model: page.metrics

                    delegate: MetricCard {
                        Layout.fillWidth: true
                        Layout.preferredWidth: 1 // all the same, whatever they say
                    }
                }
            }

            SelectableText {
                Layout.fillWidth: true
                Layout.leftMargin: 32
                Layout.maximumWidth: Theme.measure
                Layout.rightMargin: 32
                Layout.topMargin: 6
                color: Theme.dim
                text: qsTr("These begin when the console does. Prometheus keeps them for longer, with turns, tools, tokens, cost and refusals besides:")
            }

            CommandLine {
                Layout.bottomMargin: 28
                Layout.fillWidth: true
                Layout.leftMargin: 32
                Layout.maximumWidth: Theme.measure
                Layout.rightMargin: 32
                command: page.status.metricsUrl
                visible: command.length > 0
            }
        }
    }

    FocusRing {
        anchors.margins: 1
        control: scroll
        radius: 0
    }

    EmptyState {
        anchors.centerIn: parent
        explanation: page.status.trouble.length > 0 ? page.status.trouble : qsTr("Figures are shown as soon as there are any.")
        title: page.status.trouble.length > 0 ? qsTr("Not connected") : qsTr("Nothing is measured yet")
        visible: page.metrics.empty
        width: Math.min(520, parent.width - 40)
    }
}
