package import StrictYAML

/// A text that people read, in both languages of the product.
package struct Title: Hashable, Sendable {
    package let chinese: String
    package let english: String

    package init(chinese: String, english: String) {
        self.chinese = chinese
        self.english = english
    }

    /// Reads `{zh: …, en: …}`.
    package init(_ node: YAMLNode) throws(YAMLError) {
        var fields = try YAMLFields(node)
        chinese = try fields.required("zh").text()
        english = try fields.required("en").text()
        try fields.finish()
    }
}
