// Calls a virtual function through the wrong type: UndefinedBehaviorSanitizer's vptr check must end
// this program with "does not point to an object of type".  That check needs its C++ runtime, which
// a link by the C driver leaves out unless it is asked for (.bazelrc).
struct Shape {
  virtual ~Shape() = default;
  virtual int Corners() const { return 0; }
};

struct Stranger {
  virtual ~Stranger() = default;
  virtual int Legs() const { return 4; }
};

int main() {
  Stranger stranger;
  void* volatile untyped = &stranger;
  const auto* shape = static_cast<const Shape*>(untyped);

  [[maybe_unused]] const int corners = shape->Corners();
  return 0;
}
