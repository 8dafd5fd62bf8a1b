/// What the commands for rules say, in Chinese and English.
enum PolicyMessages {
    static func belowMinimum(_ measure: String, _ percent: String) -> Message {
        Message(
            "覆盖不足：\(measure) 只有 \(percent)",
            "coverage is below its minimum: \(measure) is \(percent)")
    }
}
